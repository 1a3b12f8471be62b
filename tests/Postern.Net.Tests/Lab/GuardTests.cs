using System.Net.Sockets;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>Every scan guard at its published threshold and one below, driven by packets: through TUN routers and in the simulator.</summary>
[Trait("part", "net")]
public sealed class GuardTests : IDisposable
{
    private const ushort FirstPort = 40000;
    private const ushort Stranger = 5000;
    private const int Rounds = 5;
    private const int MostRounds = 50; // a busy machine may spread a burst over more than Juniper's 5 ms

    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(0.1); // ten of them within Juniper's 5 ms
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300); // from an alarm to the trace that shows it

    /// <summary>Guards of what is refused hear a stranger at closed ports; snort has a second threshold, of attempts alone.</summary>
    private static readonly (string Box, int Threshold, bool IsOutbound)[] Scans =
    [
        ("guard-psd", 21, true), ("guard-psd", 21, false), ("guard-crowdsec", 16, false), ("guard-juniper", 10, true),
        ("guard-palo-alto", 100, true), ("guard-zeek", 15, false), ("guard-snort", 15, false), ("guard-snort", 200, true),
    ];

    private readonly BoxLab _lab;

    public GuardTests()
    {
        LabRun.Require();
        _lab = new([.. Scans.Select(scan => BoxCatalogue.Boxes(BoxCatalogue.All[scan.Box]))], "tun");
    }

    [Fact]
    public void Guards_alarm_at_their_thresholds_and_not_one_below_in_the_simulator_and_in_a_TUN_router()
    {
        Scans.Select(scan => scan.Box).Distinct().ShouldBe(BoxCatalogue.All.Keys.Where(id => id.StartsWith("guard-", StringComparison.Ordinal)), ignoreOrder: true);
        foreach (var (number, (box, threshold, isOutbound)) in Scans.Index())
        {
            (Simulated(number, threshold - 1, isOutbound), Simulated(number, threshold, isOutbound)).ShouldBe((0, 1), box);
            if (BoxCatalogue.All[box].Firewall!.Guards.Single().Window < 1)
            {
                AtOnce(number, threshold);
            }
            else
            {
                OneAfterAnother(number, threshold, isOutbound);
            }
        }
    }

    public void Dispose() => _lab.Dispose();

    private int Simulated(int number, int packets, bool isOutbound)
    {
        var world = _lab.Simulated(number);
        for (var i = 0; i < packets; i++)
        {
            var (inner, outer, server) = (new Endpoint(_lab.Inner(number), 4444), new Endpoint(_lab.Outer(number)[0], Port(i)), new Endpoint(BoxLab.Server, isOutbound ? Port(i) : Stranger));
            world.Send(new() { Source = isOutbound ? inner : server, Destination = isOutbound ? server : outer, Transport = Transport.Udp, TimeToLive = 64 }, isOutbound, Gap);
        }

        world.Await(TimeSpan.FromSeconds(1));
        return world.Alarms;
    }

    /// <summary>All but the last, which raise nothing, and then the last.</summary>
    private void OneAfterAnother(int number, int threshold, bool isOutbound)
    {
        using var trace = _lab.Run.Trace($"n{number}");
        using var socket = isOutbound ? _lab.Run.Udp(BoxLab.Host(number), 4444) : _lab.Run.Udp("server", Stranger);
        using var last = _lab.Run.Udp("server", Port(threshold - 2));
        var target = isOutbound ? BoxLab.Server : _lab.Outer(number)[0];
        Knock(socket, target, 0, threshold - 1);
        if (isOutbound)
        {
            LabRun.Receive(last).Text.ShouldBe("knock");
        }
        else
        {
            trace.WaitFor($"dropped  UDP {BoxLab.Server}:{Stranger} to {target}:{Port(threshold - 2)}, from outside");
        }

        Thread.Sleep(Settling);
        trace.Output.ShouldNotContain("ALARM");
        Knock(socket, target, threshold - 1, 1);
        trace.WaitFor($"takes {(isOutbound ? _lab.Inner(number) : BoxLab.Server)} for a scanner");
    }

    /// <summary>Where all must come within some milliseconds: bursts of one packet less, and then whole ones.</summary>
    private void AtOnce(int number, int threshold)
    {
        using var trace = _lab.Run.Trace($"n{number}");
        using var socket = _lab.Run.Udp(BoxLab.Host(number), 4444);
        for (var (round, port) = (0, 0); round < Rounds; round++, port += threshold)
        {
            using var last = _lab.Run.Udp("server", Port(port + threshold - 2));
            Knock(socket, BoxLab.Server, port, threshold - 1);
            LabRun.Receive(last).Text.ShouldBe("knock");
            Thread.Sleep(50);
        }

        Thread.Sleep(Settling);
        trace.Output.ShouldNotContain("ALARM");
        for (var round = Rounds; round < MostRounds && !trace.Output.Contains("ALARM", StringComparison.Ordinal); round++)
        {
            Knock(socket, BoxLab.Server, round * threshold, threshold);
            Thread.Sleep(Settling);
        }

        trace.Output.ShouldContain($"takes {_lab.Inner(number)} for a scanner");
    }

    private static void Knock(Socket socket, IpAddress target, int first, int packets)
    {
        for (var i = first; i < first + packets; i++)
        {
            LabRun.Send(socket, $"{target}", Port(i), "knock");
        }
    }

    private static ushort Port(int number) => (ushort)(FirstPort + number);
}
