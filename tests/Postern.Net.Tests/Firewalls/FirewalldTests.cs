using System.Globalization;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>firewalld's own check takes every file, and says so when something is wrong: its exit code alone says nothing.</summary>
[Trait("part", "net")]
public class FirewalldTests
{
    [Fact]
    public void Every_application_is_taken_without_a_warning()
    {
        var fragments = new List<FormatFile>();
        var wholes = new Dictionary<string, List<FormatFile>>();
        var count = 0;
        foreach (var (_, plan) in ApplicationPlans.All())
        {
            var part = new FirewalldFormat().Write(plan.Policy, new());
            var whole = new FirewalldFormat().Write(plan.Policy, new() { IsWhole = true });
            count += part.Opened > 0 ? 1 : 0;
            whole.Opened.ShouldBe(part.Opened);
            fragments.AddRange(part.Files.Where(_ => part.Opened > 0));
            var zones = string.Concat(whole.Files.Where(file => file.Name.StartsWith("zones/", StringComparison.Ordinal)).Select(file => file.Text));
            wholes.TryAdd(zones, []);
            wholes[zones].AddRange(whole.Files);
        }

        count.ShouldBeGreaterThan(100);
        foreach (var files in wholes.Values)
        {
            Complaints(files).ShouldBeEmpty();
        }

        Complaints([.. fragments, Zone("net"), Zone("loc")]).ShouldBeEmpty();
    }

    /// <summary>The answer "administratively prohibited" has another name in each family.</summary>
    [Fact]
    public void Every_refusal_is_taken_without_a_warning()
    {
        var files = new List<FormatFile>();
        foreach (var (_, plan) in ApplicationPlans.Refusals())
        {
            files.AddRange(new FirewalldFormat().Write(plan.Policy, new()).Files.Where(file => file.Name.StartsWith("policies/", StringComparison.Ordinal)));
        }

        files.Count(file => file.Text.Contains("icmp-admin-prohibited") && file.Text.Contains("icmp6-adm-prohibited")).ShouldBeGreaterThan(50);
        Complaints([.. files, Zone("net"), Zone("loc")]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ipv4", "icmp-admin-prohibited", true)]
    [InlineData("ipv6", "icmp6-adm-prohibited", true)]
    [InlineData("ipv6", "icmp-admin-prohibited", false)]
    [InlineData("ipv4", "icmp-prohibited-by-administrator", false)]
    public void The_check_sees_a_word_of_refusal_that_firewalld_does_not_have(string family, string word, bool isOne)
    {
        var policy = new FormatFile("policies/no.xml", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <policy target="CONTINUE"><ingress-zone name="HOST"/><egress-zone name="net"/>
            <rule family="{family}"><protocol value="17"/><reject type="{word}"/></rule></policy>
            """);

        (Complaints([policy, Zone("net")]).Count == 0).ShouldBe(isOne);
    }

    [Fact]
    public void What_one_rich_rule_cannot_hold_is_a_loss()
    {
        var plan = ApplicationPlans.Of(ApplicationCatalogue.Embedded.Find("skype")!, isRouter: true).First().Plan;
        var output = new FirewalldFormat().Write(plan.Policy, new() { IsWhole = true, Versions = [IpVersion.V4] });

        output.Losses.Select(loss => loss.RuleId).ShouldContain("skype:out-udp-web");
        output.Losses.ShouldAllBe(loss => loss.Why.StartsWith("One rich rule of firewalld"));
        string.Concat(output.Files.Select(file => file.Text)).ShouldContain("<forward-port port=\"14357\" protocol=\"udp\" to-addr=\"192.168.1.10\"/>");
        Complaints(output.Files).ShouldBeEmpty();
    }

    [Fact]
    public void The_check_sees_a_rule_with_two_elements()
    {
        var policy = new FormatFile("policies/two.xml", """
            <?xml version="1.0" encoding="utf-8"?>
            <policy target="CONTINUE"><ingress-zone name="net"/><egress-zone name="HOST"/>
            <rule><port port="80" protocol="tcp"/><source-port port="81" protocol="tcp"/><accept/></rule></policy>
            """);

        Complaints([policy, Zone("net")]).ShouldNotBeEmpty();
    }

    private static FormatFile Zone(string name) => new($"zones/{name}.xml", $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<zone><short>{name}</short></zone>\n");

    /// <summary>Every line that is not empty; files of the same name, of several applications, under names of their own.</summary>
    private static List<string> Complaints(IEnumerable<FormatFile> files)
    {
        var folder = Directory.CreateTempSubdirectory("postern-firewalld-").FullName;
        try
        {
            File.Copy("/etc/firewalld/firewalld.conf", Path.Combine(folder, "firewalld.conf"));
            var number = 0;
            foreach (var file in files)
            {
                var name = file.Name.StartsWith("policies/", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"policies/p{++number}.xml") : file.Name;
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
                File.WriteAllText(Path.Combine(folder, name), file.Text);
            }

            var outcome = Shell.Try("firewall-offline-cmd", ["--system-config", folder, "--check-config"], seconds: 120);
            List<string> said = [.. $"{outcome.Output}\n{outcome.Errors}".Split('\n').Where(line => line.Trim().Length > 0 && line != "success")];
            return outcome.Succeeded ? said : [.. said, $"code {outcome.ExitCode}"];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
