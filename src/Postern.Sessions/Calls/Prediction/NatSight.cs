using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Stun;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// What a call sees of its own NAT: every answer of a server is a fresh sample, and costs no packet more. Only the way that ports
/// are predicted for counts: a computer may have others, through other NATs.
/// </summary>
internal sealed class NatSight
{
    private const int MostSeen = 8;

    private readonly List<Endpoint> _seen = [];
    private IpAddress? _own;
    private CounterWatch? _watch;

    /// <summary>The call's own address on that way.</summary>
    public void Use(IpAddress own) => _own = own;

    /// <summary>Our NAT counts, and shares mappings like this.</summary>
    public void WatchCounter(NatDependence mapping) => _watch = new(mapping);

    /// <summary>There is nothing more to be predicted.</summary>
    public void Conclude() => _watch = null;

    /// <summary>Something of the call's leaves.</summary>
    public void NoteSent(in Transmit transmit, Instant now)
    {
        if (_watch is not null && IsOurs(transmit.Source))
        {
            _watch.NoteSent(transmit.Source, transmit.Destination, now);
        }
    }

    /// <summary>A server answered a question of this call's.</summary>
    public void NoteAnswer(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination)
    {
        if (!IsOurs(destination) || StunMessage.TryParse(datagram, out var message) != StunError.None
            || !message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped) || !mapped.IsV4)
        {
            return;
        }

        _watch?.NoteSeen(destination, source, mapped.Port);
        if (_seen.Count < MostSeen)
        {
            _seen.Add(mapped);
        }
    }

    /// <summary>What was measured of our NAT earlier, with what this call has seen of it since.</summary>
    public NatReport? Renew(NatReport? measured) => _seen.Aggregate(measured, (report, mapped) => report?.Seeing(mapped));

    /// <summary>What other hosts take of our ports: as measured with the NAT, and as seen since the call began.</summary>
    public CrossTraffic CrossTraffic(PortRule ports) => _watch is not null && _watch.TryTell(ports.Delta, out var foreign, out var watched)
        ? Postern.Protocol.Prediction.CrossTraffic.Of(ports, foreign, watched.TotalSeconds)
        : Postern.Protocol.Prediction.CrossTraffic.Of(ports);

    /// <summary>A stream to the relay is named by port 0, and takes no port of UDP's.</summary>
    private bool IsOurs(Endpoint socket) => socket.Port != 0 && socket.Address == _own;
}
