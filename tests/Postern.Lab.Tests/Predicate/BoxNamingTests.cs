using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Nat;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>The production prober, with 16 samples in virtual time, tells boxes apart as far as they differ.</summary>
public class BoxNamingTests
{
    private const int Seeds = 6;

    /// <summary>Cross-traffic within a second and a half is a small number drawn by lot: neighbours in this row may stay in doubt.</summary>
    private static readonly string[] ByTraffic = ["firewall-1", "sequential-5", "sequential-20", "sequential-35", "sequential-100"];

    /// <summary>What one server cannot see of a box, and why (docs/lab.md).</summary>
    private static readonly string[][] SameToOneServer =
    [
        ["guard-crowdsec", "guard-juniper", "guard-palo-alto", "guard-psd", "guard-snort", "guard-zeek", "linux", "linux-accepting-input", "named-hosts-only"],
        ["http-proxy-only", "socks-only", "udp-blocked", "web-only"],
        ["block-1024", "carrier-over-home"],
        ["linux-clash", "port-restricted"],
        ["linux-random", "random"],
        ["offset-30000", "offset-30000-symmetric"],
    ];

    public static TheoryData<string> Ids => [.. BoxCatalogue.All.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void From_sixteen_samples_every_box_has_its_name(string id)
    {
        var isBusy = ByTraffic.Contains(id);
        var first = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var report = Measure(BoxCatalogue.All[id], (ulong)seed, new() { Hops = 1 });
            var names = BoxNaming.Of(report);
            names.ShouldContain(name => name.Ids.Contains(id), Told(seed, report, names));
            (names.Count == 1 || (isBusy && names.All(name => name.Ids.All(ByTraffic.Contains)))).ShouldBeTrue(Told(seed, report, names));
            names.First(name => name.Ids.Contains(id)).Ids.ShouldBe(BoxNaming.KindOf(id));
            first += names[0].Ids.Contains(id) ? 1 : 0;
        }

        first.ShouldBeGreaterThanOrEqualTo(Seeds - 1);
    }

    /// <summary>A few samples may all be even by chance.</summary>
    [Fact]
    public void A_busy_counter_is_not_taken_for_one_with_a_larger_step()
    {
        var box = BoxCatalogue.All["sequential-100"];
        box = box with { Nat = BoxCatalogue.Nat(box)! with { CrossTraffic = 400 }, NatOf = null };
        Enumerable.Range(1, 150).Select(seed => Measure(box, (ulong)seed, new() { Hops = 1 }, NatProberOptions.UsualSamples).Ports.Delta).ShouldAllBe(delta => delta == 1);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Loss_and_jitter_may_leave_doubt_but_do_not_mislead(string id)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var report = Measure(BoxCatalogue.All[id], (ulong)seed, new() { Hops = 5, Loss = 0.02, Jitter = TimeSpan.FromMilliseconds(2), Duplication = 0.02 });
            var names = BoxNaming.Of(report);
            names.ShouldContain(name => name.Ids.Contains(id), Told(seed, report, names));
        }
    }

    [Fact]
    public void What_cannot_be_told_apart_is_known() =>
        BoxCatalogue.All.Keys.Select(BoxNaming.KindOf).Where(kind => kind.Count > 1).Select(kind => string.Join(' ', kind)).Distinct().Order()
            .ShouldBe(SameToOneServer.Select(kind => string.Join(' ', kind)).Order());

    private static NatReport Measure(BoxDescription box, ulong seed, LinkRules link, int samples = 16)
    {
        using var pair = new PairWorld(new() { One = box, Other = BoxCatalogue.All["public"], Link = link, Measures = false }, new SeededRandom(seed));
        pair.World.RunUntil(() => pair.One.Peer.IsReady, TimeSpan.FromSeconds(10)); // its TCP takes ports too, and is done by then
        var measuring = new MeasuringProgram(pair.One.Computer, new() { Servers = [pair.Server.StunServers[0]], Samples = samples });
        pair.World.RunUntil(() => measuring.IsDone, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        return measuring.Reports.ShouldHaveSingleItem();
    }

    private static string Told(int seed, NatReport report, IEnumerable<BoxName> names) => FormattableString.Invariant(
        $"seed {seed}: {string.Join("; ", names.Select(name => $"{string.Join(',', name.Ids)} {name.Odds:0.000}"))} {report} {report.Ports} {string.Join(' ', report.Ports.Samples.Select(sample => sample.Mapped.Port))}");
}
