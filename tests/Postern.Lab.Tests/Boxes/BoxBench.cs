using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Boxes;

/// <summary>A NAT on a bench: packets in, packets out, time by hand.</summary>
internal sealed class BoxBench(NatRules rules, ulong seed = 1)
{
    public static readonly Endpoint Inner = Endpoint.Parse("192.168.1.10:5000");
    public static readonly Endpoint Neighbour = Endpoint.Parse("192.168.1.11:5000");
    public static readonly Endpoint Server = Endpoint.Parse("203.0.113.2:3478");
    public static readonly Endpoint OtherPort = Server with { Port = 3479 };
    public static readonly Endpoint OtherHost = Endpoint.Parse("203.0.113.3:3478");

    public NatBox Box { get; } = new(rules, [.. Enumerable.Range(1, rules.Addresses).Select(n => IpAddress.Parse($"198.51.100.{n}"))], new SeededRandom(seed)) { IsTraced = true };

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public void Wait(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    /// <summary>The outer endpoint that a datagram gets, or why it gets none.</summary>
    public (Endpoint Outer, DropReason Reason) Out(Endpoint from, Endpoint to, Transport transport = Transport.Udp, TcpFlags flags = TcpFlags.None, uint sequence = 0)
    {
        var header = Header(from, to, transport, flags, sequence, 0);
        var passage = Box.Outbound(ref header, Now);
        return passage.Kind == PassageKind.Passed ? (header.Source, DropReason.None) : (Endpoint.None, passage.Reason);
    }

    /// <summary>The inner endpoint that a datagram reaches, or why it reaches none.</summary>
    public (Endpoint Inner, DropReason Reason) In(Endpoint from, Endpoint to, Transport transport = Transport.Udp, TcpFlags flags = TcpFlags.None, uint acknowledgement = 0)
    {
        var header = Header(from, to, transport, flags, 0, acknowledgement);
        var passage = Box.Inbound(ref header, Now);
        return passage.Kind == PassageKind.Passed ? (header.Destination, DropReason.None) : (Endpoint.None, passage.Reason);
    }

    public static PacketHeader Header(Endpoint from, Endpoint to, Transport transport, TcpFlags flags, uint sequence, uint acknowledgement) => new()
    {
        Transport = transport,
        Source = from,
        Destination = to,
        TimeToLive = 64,
        Flags = flags,
        Sequence = sequence,
        Acknowledgement = acknowledgement,
    };
}
