using System.Collections.Concurrent;
using System.Diagnostics;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Lab.Predicate;
using Postern.Protocol.Nat;

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
    private const int Silence = 350; // ms: a busy machine needs it

    private static readonly ExpiryPlan[] Plans = [ExpiryPlan.Udp, ExpiryPlan.Tcp, ExpiryPlan.Echo];

    public ExpiryTests() => LabRun.Require();

    [Theory]
    [InlineData("tun")]
    [InlineData("kernel")]
    public void Real_mappings_end_when_the_simulator_s_do(string router)
    {
        string[] ids = [.. BoxCatalogue.All.Values.Where(box => router == "tun" || BoxCatalogue.Boxes(box).Any(part => NftablesRendering.Beyond(part) is null)).Select(box => box.Id)];
        using var lab = new BoxLab([.. ids.Select(Scaled)], router == "tun" ? router : "auto"); // of a row the kernel is what it can be
        RawWire.Silence(lab.Run, "server");
        foreach (var number in Enumerable.Range(0, ids.Length))
        {
            RawWire.Silence(lab.Run, BoxLab.Host(number));
        }

        var found = new ConcurrentDictionary<(string Box, Transport Transport), (string Real, string Simulated)>();
        OwnThreads.Run(ids.Index().SelectMany(box => Plans.Select(plan => (Action)(() =>
        {
            var tellsPorts = TellsPorts(BoxCatalogue.All[box.Item]);
            var real = Real(lab, box.Index, plan, tellsPorts, out var moments);
            found[(box.Item, plan.Transport)] = (real, Simulated(lab, box.Index, plan, tellsPorts, moments));
        }))));

        found.Count.ShouldBe(ids.Length * Plans.Length);
        found.Where(pair => pair.Value.Real != pair.Value.Simulated).ShouldBeEmpty();
        found.Values.ShouldAllBe(pair => pair.Real == "!" || pair.Real.Contains('+'));
        found.Count(pair => pair.Value.Real.Contains('-')).ShouldBeGreaterThan(ids.Length); // what lets nothing out, or everything in, forgets nothing
    }

    // One of a thousand ports comes again now and then, one of sixty thousand hardly ever; connection tracking is asked all the same, for the kernel's sake.
    private static bool TellsPorts(BoxDescription box) =>
        BoxTruth.DecidingOnPorts(box) is not { Ports.Rule: PortRuleKind.Block or PortRuleKind.Random } nat || nat.Expiry.PerRemote;

    private static IReadOnlyList<BoxDescription> Scaled(string id) => [.. BoxCatalogue.Boxes(BoxCatalogue.All[id]).Select(Scaled)];

    private static BoxDescription Scaled(BoxDescription box)
    {
        if (BoxCatalogue.Nat(box) is not { } nat)
        {
            return box;
        }

        var expiry = nat.Expiry with
        {
            UdpNew = nat.Expiry.UdpNew * Scale,
            UdpStream = nat.Expiry.UdpStream * Scale,
            Echo = nat.Expiry.Echo * Scale,
            TcpTransitory = TcpTransitory,
            TcpEstablished = TcpEstablished,
        };
        return box with { NatOf = null, Nat = nat with { Expiry = expiry, EarlyInboundMemory = nat.EarlyInboundMemory * Scale } };
    }

    /// <summary>What came through, and when each step was taken.</summary>
    private static string Real(BoxLab lab, int number, ExpiryPlan plan, bool tellsPorts, out TimeSpan[] moments)
    {
        using var inside = new RawWire(lab.Run, BoxLab.Host(number), lab.Inner(number), plan.Transport);
        using var server = new RawWire(lab.Run, "server", BoxLab.Server, plan.Transport);
        using var other = new RawWire(lab.Run, "server", BoxLab.OtherServer, plan.Transport);
        var outer = lab.Outer(number);
        var (taken, clock) = (new TimeSpan[plan.Steps.Count], Stopwatch.StartNew());
        var found = plan.Play(lab.Inner(number), Port(number), tellsPorts, Wait, Carry);
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
                return inside.Receive(arrived => arrived.Source == header.Source && IsSame(arrived, header), Silence);
            }

            inside.Send(header, isReply: false);
            return (header.Destination.Address == BoxLab.Server ? server : other)
                .Receive(arrived => arrived.Destination == header.Destination && outer.Contains(arrived.Source.Address) && IsSame(arrived, header), Patience);
        }
    }

    // A box that refuses aloud sends segments of its own.
    private static bool IsSame(in PacketHeader arrived, in PacketHeader sent) => arrived.Flags == sent.Flags && arrived.Sequence == sent.Sequence;

    private static string Simulated(BoxLab lab, int number, ExpiryPlan plan, bool tellsPorts, TimeSpan[] moments)
    {
        var world = lab.Simulated(number);
        return plan.Play(
            lab.Inner(number), Port(number), tellsPorts, step => world.Await(moments[step]), (header, isOutbound) => world.Carry(header, isOutbound, toInside: !isOutbound));
    }

    private static ushort Port(int number) => (ushort)(5000 + number);
}
