using System.Collections.Concurrent;
using System.Diagnostics;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;

namespace Postern.Net.Tests.Lab;

/// <summary>
/// When mappings end, with real packets of UDP, TCP in its states, and echo. The catalogue's times are scaled: what takes 30 s
/// there takes 2 s here, and everything else in proportion; but TCP's minutes are 2 s and its hours or days 5. The simulator's
/// boxes are asked the same at the very moments at which the real ones were, so a slow machine asks later but not wrongly.
/// </summary>
[Trait("part", "net")]
public class ExpiryTests
{
    private const double Scale = 1.0 / 15;
    private const double TcpTransitory = 2;
    private const double TcpEstablished = 5;
    private const int Patience = 3000;
    private const int Silence = 200;

    private static readonly ExpiryPlan[] Plans = [ExpiryPlan.Udp, ExpiryPlan.Tcp, ExpiryPlan.Echo];

    public ExpiryTests() => LabRun.Require();

    [Theory]
    [InlineData("tun", "linux", "linux-random", "full-cone", "address-restricted", "firewall-1", "block-1024", "offset-30000-symmetric", "carrier-over-home", "carrier-easy-over-home")]
    [InlineData("kernel", "linux", "linux-random")]
    public void Real_mappings_end_when_the_simulator_s_do(string router, params string[] ids)
    {
        using var lab = new BoxLab([.. ids.Select(Scaled)], router); // one of each way to forget: that many boxes of the catalogue share it
        RawWire.Silence(lab.Run, "server");
        foreach (var number in Enumerable.Range(0, ids.Length))
        {
            RawWire.Silence(lab.Run, BoxLab.Host(number));
        }

        var found = new ConcurrentDictionary<(string Box, Transport Transport), (string Real, string Simulated)>();
        OwnThreads.Run(ids.Index().SelectMany(box => Plans.Select(plan => (Action)(() =>
        {
            var real = Real(lab, box.Index, plan, out var moments);
            found[(box.Item, plan.Transport)] = (real, Simulated(lab, box.Index, plan, moments));
        }))));

        found.Count.ShouldBe(ids.Length * Plans.Length);
        found.Where(pair => pair.Value.Real != pair.Value.Simulated).ShouldBeEmpty();
        found.Values.ShouldAllBe(pair => pair.Real.Contains('+') && pair.Real.Contains('-'));
    }

    private static IReadOnlyList<BoxDescription> Scaled(string id) => [.. BoxCatalogue.Boxes(BoxCatalogue.All[id]).Select(Scaled)];

    private static BoxDescription Scaled(BoxDescription box)
    {
        var nat = BoxCatalogue.Nat(box)!;
        var expiry = nat.Expiry with
        {
            UdpNew = nat.Expiry.UdpNew * Scale,
            UdpStream = nat.Expiry.UdpStream * Scale,
            Echo = nat.Expiry.Echo * Scale,
            TcpTransitory = TcpTransitory,
            TcpEstablished = TcpEstablished,
        };
        return box with { NatOf = null, Nat = nat with { Expiry = expiry } };
    }

    /// <summary>What came through, and when each step was taken.</summary>
    private static string Real(BoxLab lab, int number, ExpiryPlan plan, out TimeSpan[] moments)
    {
        using var inside = new RawWire(lab.Run, BoxLab.Host(number), lab.Inner(number), plan.Transport);
        using var server = new RawWire(lab.Run, "server", BoxLab.Server, plan.Transport);
        using var other = new RawWire(lab.Run, "server", BoxLab.OtherServer, plan.Transport);
        var outer = lab.Outer(number);
        var (taken, clock) = (new TimeSpan[plan.Steps.Count], Stopwatch.StartNew());
        var found = plan.Play(lab.Inner(number), Port(number), Wait, Carry);
        moments = taken;
        return found;

        void Wait(int step)
        {
            Thread.Sleep(Math.Max(0, (int)((plan.Steps[step].At * 1000) - clock.ElapsedMilliseconds)));
            taken[step] = clock.Elapsed;
        }

        PacketHeader? Carry(PacketHeader header, bool isOutbound)
        {
            if (!isOutbound)
            {
                server.Send(header, isReply: true);
                return inside.Receive(arrived => arrived.Source == header.Source, Silence);
            }

            inside.Send(header, isReply: false);
            return (header.Destination.Address == BoxLab.Server ? server : other)
                .Receive(arrived => arrived.Destination == header.Destination && outer.Contains(arrived.Source.Address), Patience);
        }
    }

    private static string Simulated(BoxLab lab, int number, ExpiryPlan plan, TimeSpan[] moments)
    {
        var world = lab.Simulated(number);
        return plan.Play(
            lab.Inner(number), Port(number), step => world.Await(moments[step]), (header, isOutbound) => world.Carry(header, isOutbound, toInside: !isOutbound));
    }

    private static ushort Port(int number) => (ushort)(5000 + number);
}
