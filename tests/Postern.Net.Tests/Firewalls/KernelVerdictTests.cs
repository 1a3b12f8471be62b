using System.Net;
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
            var left = policy with { Rules = [.. policy.Rules.Where(rule => output.Losses.All(loss => loss.RuleId != rule.Id))] };
            var packets = dice.Packets(left, PacketsAPolicy);
            var sightings = bench.Send(packets);
            var wrong = new List<string>();
            for (var i = 0; i < packets.Count; i++)
            {
                var (expected, seen) = (Expectation.Of(left, packets[i]), Expectation.Of(packets[i], sightings[i]));
                fates[expected[..4]] = fates.GetValueOrDefault(expected[..4]) + 1;
                if (seen != expected)
                {
                    wrong.Add($"{i + 1}: {seen}, not {expected}: {Expectation.Words(packets[i])} by {Evaluator.Judge(left, packets[i]).Rule?.Id}");
                }
            }

            if (wrong.Count > 0)
            {
                Assert.Fail($"seed {seed}, {wrong.Count} packets:\n{string.Join('\n', wrong.Take(20))}\n{output.Files[0].Text}");
            }
        }

        fates.Keys.ShouldBe(["drop", "pass", "reje", "redi"], ignoreOrder: true); // every kind was among them
        fates.Values.ShouldAllBe(count => count > PacketsAPolicy / 10);
    }
}
