using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Net.Tests.Lab;

/// <summary>One description, one behaviour: packets in memory, through the TUN router and through the kernel find the same box.</summary>
public class EveryBoxTests
{
    private static readonly IpAddress Server = IpAddress.Parse("203.0.113.2");
    private static readonly IpAddress OtherServer = IpAddress.Parse("203.0.113.3");

    public EveryBoxTests() => LabRun.Require();

    [Theory]
    [InlineData("tun")]
    [InlineData("kernel")]
    public void Real_packets_meet_the_box_that_the_simulator_has(string router)
    {
        BoxDescription[] boxes = [.. BoxCatalogue.All.Values.Where(box => box.Row.Count == 0 && (router == "tun" || NftablesRendering.Beyond(box) is null))];
        var file = Path.GetTempFileName();
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            networks = boxes.Index().ToDictionary(pair => $"n{pair.Index}", pair => new { box = pair.Item.Id, router }),
            hosts = boxes.Index().Select(pair => ($"h{pair.Index}", (object)new { @in = $"n{pair.Index}" })).Append(("server", new { addresses = 2 })).ToDictionary(pair => pair.Item1, pair => pair.Item2),
        }));
        using var lab = new LabRun(file);
        File.Delete(file);
        var state = LabState.Load(lab.Name)!;

        var found = new ConcurrentDictionary<string, (BoxTraits Real, BoxTraits Simulated)>();
        Parallel.ForEach(boxes.Index(), new() { MaxDegreeOfParallelism = 8 }, pair =>
        {
            var (number, box) = pair;
            var (one, other, third) = (new Endpoint(Server, (ushort)(5000 + (10 * number))), new Endpoint(Server, (ushort)(5001 + (10 * number))), new Endpoint(OtherServer, (ushort)(5000 + (10 * number))));
            using var wires = new RealProbes(lab, $"h{number}", IpAddress.Parse(state.Members.Single(member => member.Name == $"h{number}").Addresses[0]), one, other, third);
            found[box.Id] = (BoxTraits.Measure(box, wires.Probes, one, other, third), BoxTraits.Measure(box, Simulated(box, state, number), one, other, third));
        });

        found.Count.ShouldBe(boxes.Length);
        found.Where(pair => pair.Value.Real != pair.Value.Simulated).ShouldBeEmpty();
        found["linux"].Real.ShouldSatisfyAllConditions(real => real.SharesPort.ShouldBe(true), real => real.KeepsMappingForWhoCameEarly.ShouldBeTrue());
        found["linux-accepting-input"].Real.KeepsMappingForWhoCameEarly.ShouldBeFalse();
        found.Values.ShouldAllBe(traits => traits.Real.KeepsComputersApart != false);
        found["linux"].Real.Hairpin.ShouldBe(NatHairpin.No);
        found.Values.Any(traits => traits.Real.Hairpin == NatHairpin.Yes).ShouldBe(router == "tun");
        found.Values.Count(traits => traits.Real.LetsOut).ShouldBeGreaterThan(boxes.Length / 2);
    }

    private static BoxTraits.Probes Simulated(BoxDescription description, LabState state, int number)
    {
        var inner = IpAddress.Parse(state.Members.Single(member => member.Name == $"h{number}").Addresses[0]);
        IpAddress[] outer = [.. state.Members.Single(member => member.Name == $"n{number}").Addresses.Select(IpAddress.Parse)];
        var box = BoxCatalogue.Build(description, outer, new SeededRandom((ulong)number + 1), name => name == "server" ? [Server, OtherServer] : []);
        var now = Instant.FromMilliseconds(1000);
        return new(
            (seat, to) =>
            {
                var header = new PacketHeader { Source = At(inner, seat), Destination = to, TimeToLive = 64 };
                return box.Outbound(ref header, now += TimeSpan.FromMilliseconds(1)).Kind == PassageKind.Passed ? header.Source : null;
            },
            (from, to, seat) =>
            {
                var header = new PacketHeader { Source = from, Destination = to, TimeToLive = 64 };
                return box.Inbound(ref header, now += TimeSpan.FromMilliseconds(1)).Kind == PassageKind.Passed && header.Destination == At(inner, seat);
            },
            (from, to, seat) =>
            {
                var header = new PacketHeader { Source = At(inner, from), Destination = to, TimeToLive = 64 };
                return box.Outbound(ref header, now += TimeSpan.FromMilliseconds(1)).Kind == PassageKind.TurnedRound && header.Destination == At(inner, seat) ? header.Source : null;
            });
    }

    private static Endpoint At(IpAddress inner, BoxTraits.Seat seat) => new(seat.IsNeighbour ? Neighbour(inner) : inner, (ushort)seat.Port);

    private static IpAddress Neighbour(IpAddress inner) => IpAddress.FromV4(inner.V4 + 1);

    /// <summary>Sockets in the host and in the server, one for each that probes use; the second computer is a second address of the host.</summary>
    private sealed class RealProbes : IDisposable
    {
        private const int Patience = 1000;
        private const int Silence = 250;

        private readonly Dictionary<BoxTraits.Seat, Socket> _inner;
        private readonly Dictionary<Endpoint, Socket> _servers;

        public RealProbes(LabRun lab, string host, IpAddress inner, params Endpoint[] servers)
        {
            Shell.Run("ip", ["-n", lab.Namespace(host), "address", "add", $"{Neighbour(inner)}/24", "dev", "eth0"]);
            _inner = BoxTraits.Seat.All.ToDictionary(seat => seat, seat => lab.Udp(host, seat.Port, address: $"{At(inner, seat).Address}"));
            _servers = servers.ToDictionary(server => server, server => lab.Udp("server", server.Port, address: $"{server.Address}"));
            Probes = new(Out, In, Round);
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
