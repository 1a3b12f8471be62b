using System.Text;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>miniupnpd, which has no check of its own, starts with what is written for it and complains of no line.</summary>
[Trait("part", "net")]
public class MiniupnpdTests
{
    private static readonly string[] Complaints = ["parsing error", "invalid", "unknown", "unrecognized", "syntax"];

    [Fact]
    public void It_starts_with_the_ranges_of_every_application_and_names_no_line()
    {
        using var bench = new FirewallBench();
        var (parts, opened) = (new StringBuilder(), 0);
        FormatOutput? whole = null;
        foreach (var (_, plan) in ApplicationPlans.All())
        {
            var output = new MiniupnpdFormat().Write(plan.Policy, new());
            parts.Append(output.Files.Single().Text);
            opened += output.Opened > 0 ? 1 : 0;
            whole ??= output.Opened > 0 ? new MiniupnpdFormat().Write(plan.Policy, new() { IsWhole = true }) : null;
        }

        opened.ShouldBeGreaterThan(10);
        var text = whole!.Files.Single().Text.Replace("deny 0-", $"{parts}\ndeny 0-", StringComparison.Ordinal);
        Said(bench, text).Where(line => Complaints.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
        Said(bench, text.Replace("allow ", "allox ", StringComparison.Ordinal)).Where(line => Complaints.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))).ShouldNotBeEmpty();
    }

    [Fact]
    public void Skype_may_ask_for_its_own_port_alone_and_the_chains_are_Shorewalls()
    {
        var plan = ApplicationPlans.Of(ApplicationCatalogue.Embedded.Find("skype")!, isRouter: true).First().Plan;
        var text = new MiniupnpdFormat().Write(plan.Policy, new() { IsWhole = true }).Files.Single().Text;

        text.Split('\n').Where(line => line.StartsWith("allow", StringComparison.Ordinal) || line.StartsWith("deny", StringComparison.Ordinal)).Distinct()
            .ShouldBe(["allow 14357 192.168.1.10/32 14357", "deny 0-65535 0.0.0.0/0 0-65535"]);
        text.ShouldContain("upnp_forward_chain=forwardUPnP\nupnp_nat_chain=UPnP\nupnp_nat_postrouting_chain=UPnP-Postrouting\n");
    }

    private static string[] Said(FirewallBench bench, string text)
    {
        var folder = Directory.CreateTempSubdirectory("postern-miniupnpd-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "miniupnpd.conf"), text);
            var outcome = bench.Try("timeout", ["2", "miniupnpd", "-d", "-f", $"{folder}/miniupnpd.conf", "-P", $"{folder}/pid", "-o", "11.22.33.5"]);
            $"{outcome.Output}{outcome.Errors}".ShouldContain("miniupnpd");
            return $"{outcome.Output}{outcome.Errors}".Split('\n');
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
