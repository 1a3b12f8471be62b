using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
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
            using var wires = new RealProbes(lab, $"h{number}", one, other, third);
            found[box.Id] = (BoxTraits.Measure(box, wires.Probes, one, other, third), BoxTraits.Measure(box, Simulated(box, state, number), one, other, third));
        });

        found.Count.ShouldBe(boxes.Length);
        found.Where(pair => pair.Value.Real != pair.Value.Simulated).ShouldBeEmpty();
        found.Values.Count(traits => traits.Real.LetsOut).ShouldBeGreaterThan(boxes.Length / 2);
    }

    private static BoxTraits.Probes Simulated(BoxDescription description, LabState state, int number)
    {
        var inner = IpAddress.Parse(state.Members.Single(member => member.Name == $"h{number}").Addresses[0]);
        IpAddress[] outer = [.. state.Members.Single(member => member.Name == $"n{number}").Addresses.Select(IpAddress.Parse)];
        var box = BoxCatalogue.Build(description, outer, new SeededRandom((ulong)number + 1), name => name == "server" ? [Server, OtherServer] : []);
        var now = Instant.FromMilliseconds(1000);
        return new(
            (port, to) =>
            {
                var header = new PacketHeader { Source = new(inner, (ushort)port), Destination = to, TimeToLive = 64 };
                return box.Outbound(ref header, now += TimeSpan.FromMilliseconds(1)).Kind == PassageKind.Passed ? header.Source : null;
            },
            (from, to, port) =>
            {
                var header = new PacketHeader { Source = from, Destination = to, TimeToLive = 64 };
                return box.Inbound(ref header, now += TimeSpan.FromMilliseconds(1)).Kind == PassageKind.Passed && header.Destination == new Endpoint(inner, (ushort)port);
            });
    }

    /// <summary>Sockets in the host and in the server, one for each port that probes use.</summary>
    private sealed class RealProbes : IDisposable
    {
        private const int Patience = 1000;
        private const int Silence = 250;

        private readonly Dictionary<int, Socket> _inner;
        private readonly Dictionary<Endpoint, Socket> _servers;

        public RealProbes(LabRun lab, string host, params Endpoint[] servers)
        {
            _inner = new[] { 4444, 4446 }.ToDictionary(port => port, port => lab.Udp(host, port));
            _servers = servers.ToDictionary(server => server, server => lab.Udp("server", server.Port, address: $"{server.Address}"));
            Probes = new(Out, In);
        }

        public BoxTraits.Probes Probes { get; }

        public void Dispose()
        {
            foreach (var socket in _inner.Values.Concat(_servers.Values))
            {
                socket.Dispose();
            }
        }

        private Endpoint? Out(int port, Endpoint to)
        {
            LabRun.Send(_inner[port], $"{to.Address}", to.Port, "out");
            return LabRun.Receive(_servers[to], Patience) is { Port: > 0 } seen ? new(IpAddress.Parse(seen.Address), (ushort)seen.Port) : null;
        }

        private bool In(Endpoint from, Endpoint to, int port)
        {
            LabRun.Send(_servers[from], $"{to.Address}", to.Port, "in");
            return LabRun.Receive(_inner[port], Silence) is { Text: "in" };
        }
    }
}
