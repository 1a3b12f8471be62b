using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Formats;

/// <summary>The formats that no tool here reads: against a grammar of our own, and, by the letter, against files that were looked through.</summary>
public class UnverifiedFormatTests
{
    public static readonly TheoryData<string> Formats = [.. RuleFormats.All.Where(format => !format.IsVerifiedByTool).Select(format => format.Id)];

    [Theory, MemberData(nameof(Formats))]
    public void Every_line_of_every_application_is_of_the_grammar(string id)
    {
        var format = RuleFormats.Find(id)!;
        var grammar = FormatGrammar.Of(id);
        var opened = 0;
        foreach (var plan in FormatPlans.All())
        {
            foreach (var isWhole in new[] { true, false })
            {
                var output = format.Write(plan.Policy, new() { IsWhole = isWhole });
                var lines = output.Files.Single().Text.Split('\n');
                lines[0].ShouldStartWith("# Not verified by the tool");
                lines.Where(line => line.Length > 0 && line[0] != '#' && !grammar.IsMatch(line)).ShouldBeEmpty();
                opened += output.Opened > 0 ? 1 : 0;
                Tagged(output).Except(plan.Policy.Rules.Select(rule => rule.Id)).ShouldBeEmpty();
                output.Losses.Select(loss => loss.RuleId).Intersect(Tagged(output)).ShouldBeEmpty();
            }
        }

        opened.ShouldBeGreaterThan(200);
    }

    [Theory, MemberData(nameof(Formats))]
    public void What_was_looked_through_comes_out_by_the_letter(string id)
    {
        var format = RuleFormats.Find(id)!;
        var site = SiteReader.Read("""
            { "at": "router", "outer": "203.0.113.5", "zones": [
                { "name": "net", "interfaces": ["eth0"], "outside": true },
                { "name": "loc", "interfaces": ["eth1"], "addresses": "192.168.1.0/24,2001:db8:1::/64", "nat": true } ] }
            """);
        foreach (var (name, plan, options) in new (string, Plan, FormatOptions)[]
        {
            ("skype-router", FormatPlans.Of("skype", site, "client=192.168.1.10"), new() { Versions = [IpVersion.V4] }),
            ("skype-router-whole", FormatPlans.Of("skype", site, "client=192.168.1.10"), new() { Versions = [IpVersion.V4], IsWhole = true }),
            ("xmpp-host", FormatPlans.Of("xmpp", Site.DefaultHost, "client=self"), new()),
            ("skype-undo", FormatPlans.Of("skype", site, "client=192.168.1.10"), new() { IsUndo = true }),
        })
        {
            var text = format.Write(plan.Policy, options).Files.Single().Text;
            var path = Path.Combine(Folder(), id, $"{name}.txt");
            if (Environment.GetEnvironmentVariable("POSTERN_WRITE_VECTORS") == "1") // whoever sets it looks them through
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            text.ShouldBe(File.ReadAllText(path), path);
        }
    }

    [Fact]
    public void Skype_through_DEFENDO_needs_the_two_lines_of_its_page()
    {
        var policy = FormatPlans.Of("skype-socks", Site.DefaultRouter, "client=192.168.1.10").Policy;

        Lines(new DefendoFormat().Write(policy, new())).ShouldBe(["tcp:192.168.1.10(*)->*(*)", "udp:192.168.1.10(*)->*(*)"]);
        var one = new DefendoFormat().Write(policy, new() { Into = "user=alice" }).Files.Single().Text;
        one.ShouldContain("Administration, Users, alice, tab SOCKS proxy");
        one.ShouldContain("group system-proxy");
        new DefendoFormat().Write(policy, new()).Files.Single().Text.ShouldContain("Expert, Proxies, SOCKS proxy, tab Connections");
        Should.Throw<FormatException>(() => new DefendoFormat().Write(policy, new() { Into = "input" }));
    }

    [Fact]
    public void Pf_forwards_in_the_words_of_each_dialect()
    {
        var policy = FormatPlans.Of("skype", Site.DefaultRouter, "client=192.168.1.10").Policy;

        new PfOpenBsdFormat().Write(policy, new()).Files.Single().Text.ShouldContain("to (self) port 14357 rdr-to 192.168.1.10 ");
        new PfFreeBsdFormat().Write(policy, new()).Files.Single().Text.ShouldContain("to (self) port 14357 tag \"postern:skype:in-udp\" -> 192.168.1.10\n");
    }

    [Fact]
    public void OpenWrt_knows_IPv6_neighbours_in_a_whole_policy()
    {
        var policy = FormatPlans.Of("xmpp", Site.DefaultRouter, "client=192.168.1.10").Policy;

        new OpenWrtFormat().Write(policy, new() { IsWhole = true }).Files.Single().Text.ShouldContain("\tlist icmp_type 'neighbour-solicitation'\n");
        new OpenWrtFormat().Write(policy, new()).Files.Single().Text.ShouldNotContain("neighbour-solicitation");
    }

    private static IEnumerable<string> Lines(FormatOutput output) => output.Files.Single().Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    /// <summary>Ids of rules in what is written, without the header's list of losses.</summary>
    private static IEnumerable<string> Tagged(FormatOutput output) => Regex.Matches(string.Join('\n', output.Files.Single().Text.Split('\n').Where(line => !line.StartsWith("#   "))), @"postern:(?<id>[a-z0-9-]+:[a-z0-9:-]+)")
        .Select(match => match.Groups["id"].Value).Where(id => !id.StartsWith("back:")).Distinct();

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "vectors", "formats"));
}
