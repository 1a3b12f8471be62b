namespace Postern.Sessions.Sctp;

/// <summary>What an association is built with. The defaults suit data channels over DTLS, towards browsers too.</summary>
public sealed record SctpOptions
{
    /// <summary>RFC 8841 §5: the SDP attribute sctp-port, 5000 where nothing else is said.</summary>
    public const ushort DefaultPort = 5000;

    /// <summary>A UDP payload of 1,200 bytes less what a DTLS 1.2 record with AES-GCM costs (13 + 8 + 16).</summary>
    public const int DefaultMaximumPacketSize = 1163;

    public ushort LocalPort { get; init; } = DefaultPort;

    public ushort RemotePort { get; init; } = DefaultPort;

    /// <summary>Bytes of the largest packet, the common header included; at least 512.</summary>
    public int MaximumPacketSize { get; init; } = DefaultMaximumPacketSize;

    /// <summary>Bytes of the largest message that may be sent: the peer's max-message-size (RFC 8841 §6), where it is known already. Browsers say 262,144.</summary>
    public int MaximumMessageSize { get; init; } = 262_144;

    /// <summary>Bytes of the largest message that is accepted; a peer that sends more is cut off.</summary>
    public int MaximumIncomingMessageSize { get; init; } = 16 << 20;

    /// <summary>Messages are accepted while fewer bytes than this wait to be acknowledged.</summary>
    public int SendBuffer { get; init; } = 8 << 20;

    /// <summary>Bytes of received data that may be held out of order.</summary>
    public int ReceiveWindow { get; init; } = 8 << 20;

    /// <summary>Streams in each direction (RFC 8831 §6.2 wants 65,535).</summary>
    public ushort Streams { get; init; } = 65_535;

    /// <summary>RFC 9260 §16: RTO.Initial is one second there; ICE has shown that the path is alive and short.</summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>RFC 9260 §16: RTO.Min is one second there; the probe of RFC 8985 §7 makes less harmless.</summary>
    public TimeSpan MinimumRto { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>RFC 9260 §16: RTO.Max is 60 s there; a path that comes back is to be found sooner.</summary>
    public TimeSpan MaximumRto { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A round trip already known, from ICE or DTLS.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>RFC 9260 §16: Association.Max.Retrans; beyond it the peer counts as gone.</summary>
    public int MaximumRetransmissions { get; init; } = 10;

    /// <summary>RFC 9260 §16: Max.Init.Retransmits.</summary>
    public int MaximumInitRetransmissions { get; init; } = 8;

    /// <summary>RFC 9260 §16: HB.interval, while nothing else is sent.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>RFC 9260 §6.2: SACK.Delay.</summary>
    public TimeSpan SackDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumPacketSize, 512);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumPacketSize, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumMessageSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumIncomingMessageSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendBuffer, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveWindow, 4 * MaximumPacketSize);
        ArgumentOutOfRangeException.ThrowIfZero(Streams);
    }
}
