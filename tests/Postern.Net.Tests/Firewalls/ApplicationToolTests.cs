using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>The real tools take every application's rules, and what refuses it, without a word.</summary>
[Trait("part", "net")]
public class ApplicationToolTests
{
    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public void Every_application_is_taken_without_a_warning(string formatId)
    {
        using var bench = new FirewallBench();
        var format = RuleFormats.Find(formatId)!;
        var folder = Directory.CreateTempSubdirectory("postern-rules-").FullName;
        try
        {
            var written = Write(format, folder);
            written.ShouldBeGreaterThan(ApplicationCatalogue.Embedded.Applications.Count);
            bench.Load(format is NftablesFormat ? ("nft -f -", FirewallLoad.StandingNftables) : ($"{format.Id}-restore", FirewallLoad.StandingIptables));
            var (whole, part) = format is NftablesFormat ? ("nft -c -f", "nft -c -f") : ($"{format.Id}-restore --test", $"{format.Id}-restore --test --noflush");
            var outcome = bench.Try("sh", ["-c", $"""
                cd {folder}
                ls *.whole | xargs -n 100 sh -c 'cat "$@" >all && {whole} all 2>&1 || echo "refused: one of $*"' sh
                for file in *.part; do {part} "$file" 2>&1 || echo "refused: $file"; done
                """], seconds: 120);
            outcome.ShouldBe(new Outcome(0, "", ""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Write(IRuleFormat format, string folder)
    {
        var count = 0;
        foreach (var (name, plan) in ApplicationPlans.All().Concat(ApplicationPlans.Refusals()))
        {
            // Each as a whole policy, of which a process takes a hundred one after the other, and every fourth as a fragment.
            File.WriteAllText(Path.Combine(folder, $"{name}.whole"), format.Write(plan.Policy, new() { IsWhole = true }).Files.Single().Text);
            if (count++ % 4 == 0)
            {
                File.WriteAllText(Path.Combine(folder, $"{name}.part"), format.Write(plan.Policy, new()).Files.Single().Text);
            }
        }

        return count;
    }
}
