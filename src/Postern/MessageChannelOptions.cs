namespace Postern;

/// <summary>How a channel delivers (RFC 8831 §6.1). The default is ordered and reliable.</summary>
public sealed record MessageChannelOptions
{
    /// <summary>Messages arrive in the order of sending.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>A message is given up after so many retransmissions; null never gives up.</summary>
    public ushort? MaxRetransmits { get; init; }

    /// <summary>A message is given up after this time; null never gives up. Not together with <see cref="MaxRetransmits"/>.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>A name for what is spoken over the channel; may be empty.</summary>
    public string Protocol { get; init; } = "";
}
