using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>What the catalogue's applications need passes in the kernel, and what is beside it does not.</summary>
[Trait("part", "net")]
public class ApplicationPacketTests
{
    /// <summary>Of the catalogue's applications, evenly spread over it, so that the run stays short; the long run takes all.</summary>
    private const int Most = 45;

    [Theory]
    [InlineData("nftables", IpVersion.V4)]
    [InlineData("nftables", IpVersion.V6)]
    [InlineData("iptables", IpVersion.V4)]
    [InlineData("ip6tables", IpVersion.V6)]
    public void Applications_get_through_and_their_neighbours_do_not(string format, IpVersion version) => Compare(format, version, Most);

    [Theory]
    [Trait("part", "soak")]
    [InlineData("nftables", IpVersion.V4)]
    [InlineData("nftables", IpVersion.V6)]
    [InlineData("iptables", IpVersion.V4)]
    [InlineData("ip6tables", IpVersion.V6)]
    public void All_applications_get_through_and_their_neighbours_do_not(string format, IpVersion version) => Compare(format, version, int.MaxValue);

    private static void Compare(string formatId, IpVersion version, int most)
    {
        using var bench = new FirewallBench();
        var format = RuleFormats.Find(formatId)!;
        var (passed, refused, count) = (0, 0, 0);
        foreach (var application in Chosen(most))
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

    private static IEnumerable<Application> Chosen(int most)
    {
        var all = ApplicationCatalogue.Embedded.Applications;
        var step = Math.Max(1, all.Count / most);
        return all.Where((_, i) => i % step == 0);
    }

    /// <summary>One or two roles behind the router by turns, and one at a host.</summary>
    private static IEnumerable<(string Name, Plan Plan)> Plans(Application application) =>
        ApplicationPlans.Of(application, isRouter: true).Take(1 + (application.Id.Length % 2)).Concat(ApplicationPlans.Of(application, isRouter: false).Take((application.Id.Length + 1) % 2));
}
