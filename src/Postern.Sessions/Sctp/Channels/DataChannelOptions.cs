namespace Postern.Sessions.Sctp;

/// <summary>What a data channel promises (RFC 8831 §6.4, RFC 8832 §5.1). The default is ordered and reliable.</summary>
public sealed record DataChannelOptions
{
    public static readonly DataChannelOptions Default = new();

    public bool Ordered { get; init; } = true;

    /// <summary>How often a message is sent again before it is given up; null is for ever. Not together with <see cref="MaxLifetime"/>.</summary>
    public int? MaxRetransmits { get; init; }

    /// <summary>How long a message is sent before it is given up; null is for ever. Whole milliseconds count.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>The subprotocol, at most 65,535 bytes of UTF-8.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>A stream number on which both ends agreed elsewhere: the channel needs no OPEN.</summary>
    public ushort? NegotiatedId { get; init; }

    internal SendOptions ToSendOptions(bool isConfirmed) => new(!Ordered && isConfirmed, MaxLifetime, MaxRetransmits);

    internal void Validate()
    {
        if (MaxRetransmits is not null && MaxLifetime is not null)
        {
            throw new ArgumentException("A channel is limited by retransmissions or by lifetime, not by both.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetransmits ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegative((MaxLifetime ?? TimeSpan.Zero).Ticks);
        ArgumentOutOfRangeException.ThrowIfEqual(NegotiatedId ?? 0, ushort.MaxValue);
    }
}
