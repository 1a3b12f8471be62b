using System.Collections.Concurrent;
using System.Net.Sockets;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>One description, one behaviour: packets in memory, through the TUN router and through the kernel find the same box.</summary>
public class EveryBoxTests
{
    /// <summary>What ports over time must show of some, whatever else agrees.</summary>
    private static readonly (string Box, PortSeries Shows)[] Series =
    [
        ("linux", new() { Offset = 0 }), ("offset-30000", new() { Offset = 30000 }), ("linux-clash", new() { Block = 1 << 16 }), ("linux-random", new() { Block = 1 << 16 }),
        ("block-512", new() { Block = 512 }), ("block-1024", new() { Block = 1024 }), ("block-2048", new() { Block = 2048 }), ("carrier-over-home", new() { Block = 1024 }),
        ("random", new() { Block = 1 << 16 }), ("random-ephemeral", new() { Block = 1 << 15 }),
        ("firewall-1", new() { Step = 1, OthersTake = 0 }), ("step-2", new() { Step = 2, OthersTake = 0 }), ("step-down", new() { Step = -1, OthersTake = 0 }),
        ("sequential-5", new() { Step = 1, OthersTake = 1 }), ("sequential-20", new() { Step = 1, OthersTake = 2 }), ("sequential-35", new() { Step = 1, OthersTake = 2 }),
        ("sequential-100", new() { Step = 1, OthersTake = 3 }),
    ];

    public EveryBoxTests() => LabRun.Require();

    /// <summary>A row stands with the kernel where one of its boxes can: the others are TUN routers there.</summary>
    [Theory]
    [InlineData("tun")]
    [InlineData("kernel")]
    public void Real_packets_meet_the_box_that_the_simulator_has(string router)
    {
        BoxDescription[] boxes = [.. BoxCatalogue.All.Values.Where(box => router == "tun" || IsForKernel(box))];
        using var lab = new BoxLab([.. boxes.Select(BoxCatalogue.Boxes)], router == "tun" ? router : "auto");
        var found = new ConcurrentDictionary<string, (BoxTraits Real, BoxTraits Simulated)>();
        Parallel.ForEach(boxes.Index(), new() { MaxDegreeOfParallelism = 8 }, pair =>
        {
            var (number, box) = pair;
            var (one, other, third) = (new Endpoint(BoxLab.Server, (ushort)(5000 + (10 * number))), new Endpoint(BoxLab.Server, (ushort)(5001 + (10 * number))), new Endpoint(BoxLab.OtherServer, (ushort)(5000 + (10 * number))));
            using var wires = new RealProbes(lab, number, one, other, third);
            found[box.Id] = (BoxTraits.Measure(box, wires.Probes, one, other, third), BoxTraits.Measure(box, Simulated(lab, number), one, other, third));
        });

        found.Count.ShouldBe(boxes.Length);
        found.Where(pair => pair.Value.Real != pair.Value.Simulated).ShouldBeEmpty();
        found["linux"].Real.ShouldSatisfyAllConditions(real => real.SharesPort.ShouldBe(true), real => real.KeepsMappingForWhoCameEarly.ShouldBeTrue());
        found["linux-accepting-input"].Real.KeepsMappingForWhoCameEarly.ShouldBeFalse();
        found.Values.ShouldAllBe(traits => traits.Real.KeepsComputersApart != false);
        found["linux"].Real.Hairpin.ShouldBe(NatHairpin.No);
        found["carrier-easy-over-home"].Real.Hairpin.ShouldBe(NatHairpin.Yes);
        found.Where(pair => pair.Value.Real.Hairpin == NatHairpin.Yes).Any(pair => BoxCatalogue.All[pair.Key].Row.Count == 0).ShouldBe(router == "tun");
        foreach (var (id, series) in Series.Where(known => found.ContainsKey(known.Box)))
        {
            found[id].Real.Ports.ShouldBe(series, id);
        }

        found.Values.Count(traits => traits.Real.LetsOut).ShouldBeGreaterThan(boxes.Length / 2);
    }

    private static bool IsForKernel(BoxDescription box) => BoxCatalogue.Boxes(box).Any(part => NftablesRendering.Beyond(part) is null);

    private static BoxTraits.Probes Simulated(BoxLab lab, int number)
    {
        var world = lab.Simulated(number);
        return new(
            (seat, to) => world.Carry(Packet(At(lab, number, seat), to), isOutbound: true, toInside: false)?.Source,
            (from, to, seat) => world.Carry(Packet(from, to), isOutbound: false, toInside: true)?.Destination == At(lab, number, seat),
            (from, to, seat) => world.Carry(Packet(At(lab, number, from), to), isOutbound: true, toInside: true) is { } arrived && arrived.Destination == At(lab, number, seat) ? arrived.Source : null,
            world.Wait);
    }

    private static PacketHeader Packet(Endpoint from, Endpoint to) => new() { Source = from, Destination = to, TimeToLive = 64 };

    private static Endpoint At(BoxLab lab, int number, BoxTraits.Seat seat) => new(seat.IsNeighbour ? lab.Neighbour(number) : lab.Inner(number), (ushort)seat.Port);

    /// <summary>Sockets in the host and in the server, one for each that probes use; the second computer is a second address of the host.</summary>
    private sealed class RealProbes : IDisposable
    {
        private const int Patience = 1000;
        private const int Silence = 250;

        private readonly Dictionary<BoxTraits.Seat, Socket> _inner;
        private readonly Dictionary<Endpoint, Socket> _servers;

        public RealProbes(BoxLab lab, int number, params Endpoint[] servers)
        {
            Shell.Run("ip", ["-n", lab.Run.Namespace(BoxLab.Host(number)), "address", "add", $"{lab.Neighbour(number)}/24", "dev", "eth0"]);
            _inner = BoxTraits.Seat.All.ToDictionary(seat => seat, seat => lab.Run.Udp(BoxLab.Host(number), seat.Port, address: $"{At(lab, number, seat).Address}"));
            _servers = servers.ToDictionary(server => server, server => lab.Run.Udp("server", server.Port, address: $"{server.Address}"));
            Probes = new(Out, In, Round, Thread.Sleep);
        }

        public BoxTraits.Probes Probes { get; }

        public void Dispose()
        {
            foreach (var socket in _inner.Values.Concat(_servers.Values))
            {
                socket.Dispose();
            }
        }

        private Endpoint? Out(BoxTraits.Seat seat, Endpoint to)
        {
            LabRun.Send(_inner[seat], $"{to.Address}", to.Port, "out");
            return Seen(_servers[to], Patience, "out");
        }

        private bool In(Endpoint from, Endpoint to, BoxTraits.Seat seat)
        {
            LabRun.Send(_servers[from], $"{to.Address}", to.Port, "in");
            return Seen(_inner[seat], Silence, "in") is not null;
        }

        private Endpoint? Round(BoxTraits.Seat from, Endpoint to, BoxTraits.Seat seat)
        {
            LabRun.Send(_inner[from], $"{to.Address}", to.Port, "round");
            return Seen(_inner[seat], Silence, "round");
        }

        private static Endpoint? Seen(Socket socket, int patience, string text) =>
            LabRun.Receive(socket, patience) is { Port: > 0 } seen && seen.Text == text ? new(IpAddress.Parse(seen.Address), (ushort)seen.Port) : null;
    }
}
