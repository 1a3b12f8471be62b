using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Net.Tests.Lab;

/// <summary>
/// When mappings end, with real packets. The catalogue's times are scaled: what takes 30 s there takes 2 s here, and everything
/// else in proportion. The simulator's box is asked the same at the very moments at which the real one was, so a slow machine
/// asks later but not wrongly.
/// </summary>
[Trait("part", "net")]
public class ExpiryTests
{
    private const double Scale = 1.0 / 15;

    private static readonly IpAddress Server = IpAddress.Parse("203.0.113.2");
    private static readonly IpAddress OtherServer = IpAddress.Parse("203.0.113.3");

    /// <summary>Seconds, an inner port, and what happens there: '>' and ')' send to the server and to the other one, '&lt;' lets the server send.</summary>
    private static readonly (double At, int Port, char Does)[] Plan =
    [
        (0, 4001, '>'), (0, 4002, '>'), (0, 4003, '>'), (0, 4004, '>'), (0, 4005, '>'), (0, 4006, '>'), (0, 4007, '>'), (0, 4008, '>'),
        (0.2, 4003, '<'), (0.2, 4004, '<'), (0.2, 4008, '<'),
        (1.1, 4001, '<'), // half of it: still there
        (1.4, 4004, '<'), (1.4, 4005, '>'), (1.4, 4006, ')'), // do packets from inside, from outside, to somebody else keep it?
        (1.5, 4008, '<'), (2.6, 4008, '>'),
        (2.7, 4002, '<'), (2.7, 4003, '<'), (2.7, 4004, '<'), (2.7, 4005, '<'), (2.7, 4006, '<'),
        (5.4, 4008, '<'), // Linux takes UDP for a stream after two seconds only
        (9.5, 4007, '<'), (9.5, 4005, '<'), // longer than anything lasts
    ];

    public ExpiryTests() => LabRun.Require();

    [Theory]
    [InlineData("tun")]
    [InlineData("kernel")]
    public void Real_mappings_end_when_the_simulator_s_do(string router)
    {
        BoxDescription[] boxes = [.. BoxCatalogue.All.Values.Where(box => IsAsked(box, router))];
        using var lab = Up(boxes, router);
        var state = LabState.Load(lab.Name)!;
        var found = new ConcurrentDictionary<string, (string Real, string Simulated)>();
        OwnThreads.Run(boxes.Index().Select(pair => (Action)(() =>
        {
            var inner = IpAddress.Parse(state.Members.Single(member => member.Name == $"h{pair.Index}").Addresses[0]);
            IpAddress[] outer = [.. state.Members.Single(member => member.Name == $"n{pair.Index}").Addresses.Select(IpAddress.Parse)];
            var (real, moments) = Real(lab, $"h{pair.Index}", (ushort)(5000 + pair.Index));
            found[pair.Item.Id] = (real, Simulated(Scaled(pair.Item), inner, outer, (ushort)(5000 + pair.Index), moments));
        })));

        found.Count.ShouldBe(boxes.Length);
        found.Where(pair => pair.Value.Real != pair.Value.Simulated).ShouldBeEmpty();
        found.Values.ShouldAllBe(pair => pair.Real.Contains('+') && pair.Real.Contains('-'));
    }

    /// <summary>One of each way to forget: that many boxes of the catalogue share it.</summary>
    private static bool IsAsked(BoxDescription box, string router) => router == "kernel"
        ? box.Id is "linux" or "linux-random"
        : box.Id is "linux" or "linux-random" or "full-cone" or "address-restricted" or "firewall-1" or "block-1024" or "offset-30000-symmetric";

    private static BoxDescription Scaled(BoxDescription box)
    {
        var nat = BoxCatalogue.Nat(box)!;
        return box with
        {
            NatOf = null,
            Nat = nat with { Expiry = nat.Expiry with { UdpNew = nat.Expiry.UdpNew * Scale, UdpStream = nat.Expiry.UdpStream * Scale } },
        };
    }

    private static LabRun Up(BoxDescription[] boxes, string router)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            networks = boxes.Index().ToDictionary(pair => $"n{pair.Index}", pair => new { box = JsonNode.Parse(BoxDescriptionJson.Write(Scaled(pair.Item))), router }),
            hosts = boxes.Index().Select(pair => ($"h{pair.Index}", (object)new { @in = $"n{pair.Index}" })).Append(("server", new { addresses = 2 })).ToDictionary(pair => pair.Item1, pair => pair.Item2),
        }));
        var lab = new LabRun(file);
        File.Delete(file);
        return lab;
    }

    /// <summary>'+' for each packet from outside that came through, '-' for each that did not; and when each step was taken.</summary>
    private static (string Found, TimeSpan[] Moments) Real(LabRun lab, string host, ushort port)
    {
        using var server = lab.Udp("server", port, address: $"{Server}");
        using var other = lab.Udp("server", port, address: $"{OtherServer}");
        var inner = Plan.Select(step => step.Port).Distinct().ToDictionary(number => number, number => lab.Udp(host, number));
        var outer = new Dictionary<int, (string Address, int Port, string Text)>();
        var (found, moments, clock) = ("", new List<TimeSpan>(), Stopwatch.StartNew());
        foreach (var (at, number, does) in Plan)
        {
            Thread.Sleep(Math.Max(0, (int)((at * 1000) - clock.ElapsedMilliseconds)));
            moments.Add(clock.Elapsed);
            if (does == '<')
            {
                LabRun.Send(server, outer[number].Address, outer[number].Port, "in");
                found += LabRun.Receive(inner[number], 150).Port > 0 ? '+' : '-';
                continue;
            }

            LabRun.Send(inner[number], $"{(does == '>' ? Server : OtherServer)}", port, "out");
            var seen = LabRun.Receive(does == '>' ? server : other);
            outer.TryAdd(number, seen);
        }

        inner.Values.ToList().ForEach(socket => socket.Dispose());
        return (found, [.. moments]);
    }

    private static string Simulated(BoxDescription description, IpAddress inner, IpAddress[] outer, ushort port, TimeSpan[] moments)
    {
        var box = BoxCatalogue.Build(description, outer, new SeededRandom(port), _ => []);
        var mapped = new Dictionary<int, Endpoint>();
        var found = "";
        foreach (var ((_, number, does), at) in Plan.Zip(moments))
        {
            var now = Instant.FromMilliseconds(1000) + at;
            if (does == '<')
            {
                var header = new PacketHeader { Source = new(Server, port), Destination = mapped[number], TimeToLive = 64 };
                found += box.Inbound(ref header, now).Kind == PassageKind.Passed ? '+' : '-';
                continue;
            }

            var sent = new PacketHeader { Source = new(inner, (ushort)number), Destination = new(does == '>' ? Server : OtherServer, port), TimeToLive = 64 };
            box.Outbound(ref sent, now).Kind.ShouldBe(PassageKind.Passed);
            mapped.TryAdd(number, sent.Source);
        }

        return found;
    }
}
