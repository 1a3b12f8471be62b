using System.Text.RegularExpressions;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Shorewall's own compiler takes what is written for it, and the kernel does with the compiled rules what the policy says.</summary>
[Trait("part", "net")]
public partial class ShorewallTests
{
    /// <summary>Of the catalogue, evenly spread over it.</summary>
    private const int MostApplications = 50;

    /// <summary>How many applications share one firewall: compiling takes most of the time.</summary>
    private const int Together = 5;

    [Theory]
    [InlineData(IpVersion.V4)]
    [InlineData(IpVersion.V6)]
    public void Every_application_is_taken_without_a_warning(IpVersion version)
    {
        Leftovers.RequireNamespaces();
        var format = Format(version);
        var count = 0;
        foreach (var setting in ApplicationPlans.All().Select(next => (next.Name, next.Plan, Whole: Write(format, next.Plan, version, isWhole: true))).GroupBy(next => Setting(next.Whole)))
        {
            using var folder = new ShorewallFolder(version, optimize: "0");
            setting.First().Whole.Files.ToList().ForEach(folder.Add);
            var rules = "?SECTION NEW\n";
            foreach (var (name, plan, whole) in setting)
            {
                var part = Write(format, plan, version, isWhole: false);
                folder.Add(part.Files[0] with { Name = $"{name}.rules" });
                part.Files.Concat(whole.Files).Where(file => file.Name.StartsWith("macro.", StringComparison.Ordinal)).ToList().ForEach(folder.Add);
                rules += $"INCLUDE {name}.rules\n{Differing(whole, part)}";
                count++;
            }

            folder.Add(new("rules", rules));
            // All in one: what one application opens may be all that another wants, and only then is a line never reached.
            folder.Complaints().Where(line => !line.Contains("unreachable rules", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        count.ShouldBeGreaterThan(ApplicationCatalogue.Embedded.Applications.Count);
    }

    /// <summary>The answer "administratively prohibited" has another name in each family.</summary>
    [Theory]
    [InlineData(IpVersion.V4)]
    [InlineData(IpVersion.V6)]
    public void Every_refusal_is_taken_without_a_warning(IpVersion version)
    {
        Leftovers.RequireNamespaces();
        var words = version == IpVersion.V4 ? "REJECT(icmp-admin-prohibited)" : "REJECT(icmp6-adm-prohibited)";
        var (count, prohibited) = (0, 0);
        foreach (var some in ApplicationPlans.Refusals().Select(next => (next.Name, Whole: Write(Format(version), next.Plan, version, isWhole: true))).GroupBy(next => Setting(next.Whole)))
        {
            using var folder = new ShorewallFolder(version, optimize: "0");
            some.First().Whole.Files.ToList().ForEach(folder.Add);
            var rules = "?SECTION NEW\n";
            foreach (var (name, whole) in some)
            {
                whole.Files.Where(file => file.Name.StartsWith("macro.", StringComparison.Ordinal)).ToList().ForEach(folder.Add);
                folder.Add(new($"{name}.rules", Body(whole)));
                rules += $"INCLUDE {name}.rules\n";
                count++;
                prohibited += whole.Files.Any(file => file.Text.Contains(words)) ? 1 : 0;
            }

            folder.Add(new("rules", rules));
            folder.Complaints(seconds: 200).Where(line => !line.Contains("unreachable rules", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        count.ShouldBeGreaterThan(ApplicationCatalogue.Embedded.Applications.Count);
        prohibited.ShouldBeGreaterThan(50);
    }

    [Theory]
    [InlineData(IpVersion.V4, "REJECT(icmp-admin-prohibited)", true)]
    [InlineData(IpVersion.V6, "REJECT(icmp6-adm-prohibited)", true)]
    [InlineData(IpVersion.V6, "REJECT(icmp-admin-prohibited)", false)]
    [InlineData(IpVersion.V4, "REJECT(icmp-prohibited-by-administrator)", false)]
    public void The_compiler_sees_a_word_of_refusal_that_Shorewall_does_not_have(IpVersion version, string action, bool isOne)
    {
        Leftovers.RequireNamespaces();
        using var folder = new ShorewallFolder(version);
        var whole = Write(Format(version), Refused(isRouter: false), version, isWhole: true);
        whole.Files.ToList().ForEach(folder.Add);
        folder.Add(new("rules", $"?SECTION NEW\n{action} $FW net udp\n"));
        (folder.Complaints().Count == 0).ShouldBe(isOne);
    }

    /// <summary>Postern's own refusal, compiled by Shorewall: the kernel answers as the policy says.</summary>
    [Theory]
    [InlineData(IpVersion.V4, true)]
    [InlineData(IpVersion.V4, false)]
    [InlineData(IpVersion.V6, true)]
    [InlineData(IpVersion.V6, false)]
    public void What_is_refused_is_answered_as_prohibited(IpVersion version, bool isRouter)
    {
        using var bench = new FirewallBench();
        var plan = Refused(isRouter);
        var output = Load(bench, plan, version);
        output.Losses.ShouldBeEmpty();
        var packets = ApplicationPlans.Packets(plan.Policy, version);
        var seen = bench.Send(packets);
        Expectation.Compare(plan.Policy, packets, [.. seen.Zip(packets, Plain)], () => string.Join('\n', output.Files.Select(file => file.Text)));
        seen.Count(sighting => sighting.Fate == Fate.Prohibited).ShouldBeGreaterThan(3);
    }

    private static Plan Refused(bool isRouter) => ApplicationPlans.OfRefusal(ApplicationCatalogue.Embedded.Find("postern")!, isRouter).First().Plan;

    [Theory]
    [InlineData(IpVersion.V4)]
    [InlineData(IpVersion.V6)]
    public void Applications_get_through_and_their_neighbours_do_not(IpVersion version)
    {
        using var bench = new FirewallBench();
        var (passed, refused, count) = (0, 0, 0);
        foreach (var (name, plan) in ApplicationPlans.Together(MostApplications, Together))
        {
            var output = Load(bench, plan, version);
            var policy = FirewallLoad.Without(plan.Policy, output);
            var packets = ApplicationPlans.Packets(policy, version);
            Expectation.Compare(policy, packets, [.. bench.Send(packets).Zip(packets, Plain)], () => $"{name}\n{string.Join('\n', output.Files.Select(file => file.Text))}");
            passed += packets.Count(packet => Evaluator.Judge(policy, packet).Rule is { Verdict.LetsPass: true });
            refused += packets.Count(packet => !Evaluator.Judge(policy, packet).LetsPass);
            count += Together;
        }

        count.ShouldBeGreaterThanOrEqualTo(40);
        passed.ShouldBeGreaterThan(2 * count);
        refused.ShouldBeGreaterThan(2 * count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} applications, {passed} packets passed, {refused} refused");
    }

    private static IRuleFormat Format(IpVersion version) => version == IpVersion.V4 ? new ShorewallFormat() : new Shorewall6Format();

    private static FormatOutput Write(IRuleFormat format, Plan plan, IpVersion version, bool isWhole) =>
        format.Write(plan.Policy, new() { IsWhole = isWhole, Versions = [version] });

    /// <summary>Everything of a configuration but its rules.</summary>
    private static string Setting(FormatOutput whole) => string.Concat(whole.Files
        .Where(file => file.Name != "rules" && !file.Name.StartsWith("macro.", StringComparison.Ordinal)).Select(file => $"{file.Name}\n{file.Text}\n"));

    private static string Differing(FormatOutput whole, FormatOutput part) =>
        Body(whole) is var text && text == Body(part) ? "" : text;

    private static string Body(FormatOutput output) => Comments().Replace(output.Files[0].Text, "").Replace("?SECTION NEW\n", "", StringComparison.Ordinal).Trim() + "\n";

    private static FormatOutput Load(FirewallBench bench, Plan plan, IpVersion version)
    {
        using var folder = new ShorewallFolder(version);
        var output = Write(Format(version), plan, version, isWhole: true);
        output.Files.ToList().ForEach(folder.Add);
        bench.Load((version == IpVersion.V4 ? "iptables-restore" : "ip6tables-restore", folder.Compile()));
        return output;
    }

    /// <summary>Shorewall refuses what is neither TCP nor UDP with other words.</summary>
    internal static Sighting Plain(Sighting sighting, Packet packet) =>
        sighting.Fate == Fate.Prohibited && packet.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp) ? sighting with { Fate = Fate.Unreachable } : sighting;

    [GeneratedRegex("^#.*\n", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
