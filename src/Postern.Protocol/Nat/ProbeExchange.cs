using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Nat;

/// <summary>One question of a prober from one socket to one endpoint, until it is answered or silence counts.</summary>
internal sealed class ProbeExchange
{
    public const uint ChangeAddress = 4; // RFC 5780 §7.2
    public const uint ChangePort = 2;

    private readonly ProbePace _pace;

    public ProbeExchange(TransactionId id, Endpoint source, Endpoint destination, ProbePace pace, Instant start)
    {
        Id = id;
        Source = source;
        Destination = destination;
        _pace = pace;
        NextDeadline = start;
    }

    public TransactionId Id { get; }

    public Endpoint Source { get; }

    public Endpoint Destination { get; }

    /// <summary>The flags of CHANGE-REQUEST, 0 without.</summary>
    public uint Change { get; init; }

    /// <summary>For a hairpin question: the own socket at which the request itself is awaited; else <see cref="Endpoint.None"/>.</summary>
    public Endpoint Receiver { get; init; }

    public Instant NextDeadline { get; private set; }

    public int Transmissions { get; private set; }

    public bool IsDue { get; private set; }

    public bool IsOpen => NextDeadline != Instant.Never;

    public bool IsAnswered { get; private set; }

    /// <summary>The server answered, but not as asked: with an error, or from where it should not.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>From where the answer (or the hairpinned request) came.</summary>
    public Endpoint From { get; private set; }

    public Endpoint Mapped { get; private set; }

    public Endpoint OtherAddress { get; private set; }

    public ushort SecondPort { get; private set; }

    /// <summary>Known only when nothing was repeated.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>From the first transmission to the answer: the round trip where nothing was lost, and more else.</summary>
    public TimeSpan? LongestRoundTrip { get; private set; }

    /// <summary>When it was sent last; of meaning once <see cref="Transmissions"/> is not 0.</summary>
    public Instant SentAt { get; private set; }

    private Instant FirstSentAt { get; set; }

    public void Advance(Instant now)
    {
        if (now < NextDeadline)
        {
            return;
        }

        if (Transmissions == _pace.Count)
        {
            NextDeadline = Instant.Never;
            return;
        }

        IsDue = true;
        SentAt = now;
        FirstSentAt = Transmissions == 0 ? now : FirstSentAt;
        Transmissions++;
        NextDeadline = now + (Transmissions == _pace.Count ? _pace.Grace : _pace.Interval);
    }

    public int Write(Span<byte> buffer)
    {
        IsDue = false;
        return ProbeRequest.Write(buffer, this);
    }

    /// <summary>True when the message belongs to this question, late and doubled answers included.</summary>
    public bool Handle(in StunMessage message, Endpoint source, Endpoint destination, Instant now)
    {
        var isHairpin = Receiver != Endpoint.None;
        if (message.TransactionId != Id || (message.Class == StunClass.Request) != isHairpin || destination != (isHairpin ? Receiver : Source))
        {
            return false;
        }

        if (IsOpen && Transmissions > 0)
        {
            Settle(message, source, now);
        }

        return true;
    }

    private void Settle(in StunMessage message, Endpoint source, Instant now)
    {
        if (Receiver == Endpoint.None && !TryRead(message, source))
        {
            return;
        }

        From = source;
        IsAnswered = !IsRefused;
        IsDue = false;
        NextDeadline = Instant.Never;
        LongestRoundTrip = now - FirstSentAt;
        RoundTrip = Transmissions == 1 ? LongestRoundTrip : null;
    }

    // False for an answer from an endpoint that was not asked: forged or astray, the true one may still come.
    private bool TryRead(in StunMessage message, Endpoint source)
    {
        if (source == Destination)
        {
            IsRefused = Change != 0 || message.Class == StunClass.Error;
        }
        else if ((Change & ChangeAddress) == 0 ? Change == 0 || source.Address != Destination.Address : source.Address == Destination.Address)
        {
            return false;
        }

        var isMapped = message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped)
            || message.TryGetAddress(StunAttributeType.MappedAddress, out mapped);
        Mapped = mapped;
        IsRefused |= !isMapped;
        OtherAddress = message.TryGetAddress(StunAttributeType.OtherAddress, out var other) && IsOther(other) ? other : Endpoint.None;
        SecondPort = message.TryGetUInt16(StunAttributeType.SecondPort, out var port) && port != Destination.Port ? port : (ushort)0;
        return true;
    }

    // A server that is not what it should be must not lead us to a third party's broadcast, nor to ourselves.
    private bool IsOther(Endpoint other) =>
        other.IsV4 == Destination.IsV4 && other.Address != Destination.Address && other.Port != Destination.Port && other.Port != 0
        && !other.Address.IsUnspecified && !other.Address.IsMulticast && other.Address.IsLoopback == Destination.Address.IsLoopback;
}
