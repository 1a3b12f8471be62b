using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>The kernel does with real packets what the evaluator says of the policy.</summary>
[Trait("part", "net")]
public class KernelVerdictTests
{
    private const int PacketsAPolicy = 750;

    [Theory]
    [InlineData("nftables", IpVersion.V4)]
    [InlineData("nftables", IpVersion.V6)]
    [InlineData("iptables", IpVersion.V4)]
    [InlineData("ip6tables", IpVersion.V6)]
    public void Random_policies_judge_as_the_evaluator_does(string format, IpVersion version) => Compare(format, version, 14, 1);

    [Theory]
    [Trait("part", "soak")]
    [InlineData("nftables", IpVersion.V4)]
    [InlineData("nftables", IpVersion.V6)]
    [InlineData("iptables", IpVersion.V4)]
    [InlineData("ip6tables", IpVersion.V6)]
    public void Random_policies_judge_as_the_evaluator_does_for_long(string format, IpVersion version) => Compare(format, version, 140, 1001);

    private static void Compare(string formatId, IpVersion version, int policies, int firstSeed)
    {
        using var bench = new FirewallBench();
        var format = RuleFormats.Find(formatId)!;
        var fates = new Dictionary<string, int>();
        for (var seed = firstSeed; seed < firstSeed + policies; seed++)
        {
            var isWhole = seed % 2 == 0;
            var dice = new PolicyDice(seed, version);
            var policy = dice.Policy(isWhole, isRouter: seed % 4 != 3);
            var output = FirewallLoad.Load(bench, format, policy, version, isWhole);
            var left = FirewallLoad.Without(policy, output);
            var packets = dice.Packets(left, PacketsAPolicy);
            Expectation.Compare(left, packets, bench.Send(packets), () => $"seed {seed}\n{output.Files[0].Text}");
            foreach (var packet in packets)
            {
                var fate = Expectation.Of(left, packet)[..4];
                fates[fate] = fates.GetValueOrDefault(fate) + 1;
            }
        }

        fates.Keys.ShouldBe(["drop", "pass", "reje", "redi"], ignoreOrder: true); // every kind was among them
        fates.Values.ShouldAllBe(count => count > PacketsAPolicy / 10);
    }
}
