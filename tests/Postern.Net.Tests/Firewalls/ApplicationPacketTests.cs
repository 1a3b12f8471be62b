using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>What the catalogue's applications need passes in the kernel, and what is beside it does not.</summary>
[Trait("part", "net")]
public class ApplicationPacketTests
{
    [Theory]
    [InlineData("nftables", IpVersion.V4)]
    [InlineData("nftables", IpVersion.V6)]
    [InlineData("iptables", IpVersion.V4)]
    [InlineData("ip6tables", IpVersion.V6)]
    public void Applications_get_through_and_their_neighbours_do_not(string formatId, IpVersion version)
    {
        using var bench = new FirewallBench();
        var format = RuleFormats.Find(formatId)!;
        var (passed, refused, count) = (0, 0, 0);
        foreach (var application in Chosen(formatId == "nftables" ? int.MaxValue : 45))
        {
            foreach (var (name, plan) in Plans(application).Where(next => next.Plan.Policy.Rules.Any(rule => rule.AppliesTo(version))))
            {
                var output = FirewallLoad.Load(bench, format, plan.Policy, version, isWhole: count++ % 2 == 0);
                var policy = FirewallLoad.Without(plan.Policy, output) with { Defaults = count % 2 == 1 ? plan.Policy.Defaults : [], RouteBack = count % 2 == 1 ? plan.Policy.RouteBack : [] };
                var packets = ApplicationPlans.Packets(policy, version);
                Expectation.Compare(policy, packets, bench.Send(packets), () => $"{name}\n{output.Files[0].Text}");
                passed += packets.Count(packet => Evaluator.Judge(policy, packet).Rule is { Verdict.LetsPass: true });
                refused += packets.Count(packet => !Evaluator.Judge(policy, packet).LetsPass);
            }
        }

        passed.ShouldBeGreaterThan(2 * count);
        refused.ShouldBeGreaterThan(2 * count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} policies, {passed} packets passed, {refused} refused");
    }

    /// <summary>Evenly spread over the catalogue.</summary>
    private static IEnumerable<Application> Chosen(int most)
    {
        var all = ApplicationCatalogue.Embedded.Applications;
        return all.Where((_, i) => all.Count <= most || i * most / all.Count != (i - 1) * most / all.Count || i == 0);
    }

    /// <summary>One role behind the router, and, of every other application, one at a host.</summary>
    private static IEnumerable<(string Name, Plan Plan)> Plans(Application application) =>
        ApplicationPlans.Of(application, isRouter: true).Take(2).Concat(application.Id.Length % 2 == 0 ? ApplicationPlans.Of(application, isRouter: false).Take(1) : []);
}
