using System.Text.RegularExpressions;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>
/// The rules of "Firewalling Google Chat and Skype" come out of the catalogue's entry: what Shorewall makes of ours and of the
/// article's own lines is the same, line by line and for packets in the kernel.
/// </summary>
[Trait("part", "net")]
public partial class ShorewallSkypeTests
{
    /// <summary>R1 to R14 as they are printed; R15, which the article takes for granted, comes after them.</summary>
    private const string Article = """
        ?SECTION NEW
        DNAT            net             loc:$SKYPEHOST  tcp     14357
        DNAT            net             loc:$SKYPEHOST  udp     14357
        ACCEPT          loc             net             udp     1024:65535   14357
        ACCEPT          loc             net             tcp     1024:65535   49152:65535
        ACCEPT          loc             net             udp     80,443       14357
        REJECT          loc             $FW             udp     5351
        ACCEPT          loc             $FW             tcp     14356:14359  1024:65535
        ACCEPT          loc             $FW             udp     14356:14359  14356:14359
        ACCEPT          loc             wifi            tcp     14356:14359  1024:65535
        ACCEPT          loc             wifi            udp     14356:14359  14356:14359
        ACCEPT          wifi            $FW             tcp     14356:14359  1024:65535
        ACCEPT          wifi            $FW             udp     14356:14359  14356:14359
        ACCEPT          wifi            loc             tcp     14356:14359  1024:65535
        ACCEPT          wifi            loc             udp     14356:14359  14356:14359
        ACCEPT          loc             net             tcp     80,443       49152:65535

        """;

    private static readonly Policy Policy = Plan();

    [Fact]
    public void Our_lines_compile_to_the_articles()
    {
        var (ours, theirs) = (Lines(Compile("0", isOurs: true)), Lines(Compile("0", isOurs: false)));

        theirs.Except(ours).ShouldBeEmpty();
        // The host that calls are handed to is named, and its whole zone: what is said for the host alone is said for the zone too.
        ours.Except(theirs).Select(line => line.Replace(" -s 192.168.1.10", "", StringComparison.Ordinal)).Except(theirs).ShouldBeEmpty();
    }

    [Fact]
    public void The_kernel_does_with_ours_what_it_does_with_the_articles()
    {
        using var bench = new FirewallBench();
        var packets = ApplicationPlans.Packets(Policy, IpVersion.V4);
        packets.Count.ShouldBeGreaterThan(100);

        bench.Load(("iptables-restore", Compile("All", isOurs: false)));
        var theirs = bench.Send(packets);
        bench.Load(("iptables-restore", Compile("All", isOurs: true)));
        var ours = bench.Send(packets);

        ours.ShouldBe(theirs);
        // Without the outer address the article's lines, and ours, forward what comes for the port to any address: the header says so.
        var judged = packets.Select((packet, i) => (packet, ShorewallTests.Plain(ours[i], packet))).Where(pair => !(pair.packet.From.Is(FirewallBench.Net) && !pair.packet.To.IsSelf)).ToList();
        Expectation.Compare(Policy, [.. judged.Select(pair => pair.packet)], [.. judged.Select(pair => pair.Item2)], () => Rules().Files[0].Text);
        Rules().Files[0].Text.ShouldContain("whatever address it was sent to");
        ours.Count(sighting => sighting.Fate == Fate.Passed).ShouldBeGreaterThan(40);
        ours.Count(sighting => sighting.Fate != Fate.Passed).ShouldBeGreaterThan(40);
    }

    [Fact]
    public void A_range_that_repeats_is_a_macro_and_hosts_of_a_zone_reach_each_other()
    {
        var files = Rules().Files.ToDictionary(file => file.Name, file => file.Text);

        files["macro.Postern_skype_1"].ShouldEndWith("PARAM - - tcp 14356:14359 1024:65535\n");
        files["macro.Postern_skype_2"].ShouldEndWith("PARAM - - udp 14356:14359 14356:14359\n");
        files["rules"].ShouldContain("Postern_skype_1(ACCEPT) wifi $FW\n");
        files["rules"].ShouldNotContain("14356:14359");
        files["hosts"].ShouldContain("loc eth1:192.168.1.0/24 routeback\n");
        Compile("All", isOurs: true).ShouldContain("-A loc_frwd -o eth1 -d 192.168.1.0/24 -j ACCEPT\n");
    }

    private static FormatOutput Rules() => new ShorewallFormat().Write(Policy, new() { IsWhole = true, Versions = [IpVersion.V4] });

    private static string Compile(string optimize, bool isOurs)
    {
        using var folder = new ShorewallFolder(IpVersion.V4, optimize);
        Rules().Files.ToList().ForEach(folder.Add);
        if (!isOurs)
        {
            folder.Add(new("params", "SKYPEHOST=192.168.1.10\n"));
            folder.Add(new("rules", Article));
        }

        return folder.Compile();
    }

    private static IEnumerable<string> Lines(string compiled) => compiled.Split('\n').Select(line => Comment().Replace(line, "")).Where(line => line.StartsWith('-')).Distinct();

    private static Policy Plan()
    {
        RoleBinding[] bindings = [.. new[] { "client=192.168.1.10", "client=loc", "neighbour=loc", "neighbour=wifi" }
            .Select(text => RoleBinding.TryParse(text, out var binding) ? binding : throw new FormatException(text))];
        return Planner.Plan(new()
        {
            Applications = [ApplicationCatalogue.Embedded.Find("skype")!],
            Bindings = bindings,
            Versions = [IpVersion.V4],
            Ephemeral = new Dictionary<string, PortSet> { ["client"] = PortSet.Of(new PortRange(49152, 65535)) },
            Site = new()
            {
                IsRouter = true,
                Zones = [new(FirewallBench.Net, IsOutside: true), new(FirewallBench.Loc, IsTranslated: true, RoutesBack: true), new(FirewallBench.Wifi, IsTranslated: true, RoutesBack: true)],
            },
        }).Policy;
    }

    [GeneratedRegex(" -m comment --comment \"[^\"]*\"")]
    private static partial Regex Comment();
}
