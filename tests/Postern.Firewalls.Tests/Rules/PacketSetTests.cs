using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

/// <summary>What is computed over sets of packets, beside what is found by trying every packet of a small world.</summary>
public class PacketSetTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(60).WithQuietOnSuccess(true);

    [Fact]
    public void The_evaluator_agrees_with_the_plain_reading_of_the_rules() =>
        Check.One(Runs, Prop.ForAll(SmallWorld.Policies, policy => SmallWorld.Packets().All(packet =>
            Evaluator.Judge(policy, packet).Verdict.Equals(PlainReading(policy, packet)))));

    [Fact]
    public void Rules_that_are_never_reached_are_those_that_decide_on_no_packet() =>
        Check.One(Runs, Prop.ForAll(SmallWorld.Policies, policy =>
        {
            var narrow = Fenced(policy);
            var deciders = SmallWorld.Packets().Select(packet => Evaluator.Judge(narrow, packet).Rule?.Id).ToHashSet();
            var found = Shadows.Of(narrow).Where(finding => finding.Kind == ShadowKind.NeverReached).Select(finding => finding.RuleId);
            found.Order().ShouldBe(narrow.Rules.Select(rule => rule.Id).Where(id => !deciders.Contains(id)).Order());
        }));

    [Fact]
    public void A_log_rule_that_hides_a_later_one_is_found_and_so_is_a_drop_before_a_reject() =>
        Check.One(Runs, Prop.ForAll(SmallWorld.Policies, policy =>
        {
            var narrow = Fenced(policy);
            var tried = (from packet in SmallWorld.Packets()
                         let met = narrow.Rules.Where(rule => Evaluator.Matches(rule, packet)).ToList()
                         where met.Count > 1
                         from later in met.Skip(1)
                         from kind in Kinds(met[0], later)
                         select (kind, met[0].Id, later.Id)).ToHashSet();
            var found = from finding in Shadows.Of(narrow)
                        where finding.Kind is ShadowKind.LogMasks or ShadowKind.DropHidesReject
                        from other in finding.Others
                        select (finding.Kind, finding.RuleId!, other);
            found.Order().ShouldBe(tried.Order());
        }));

    [Fact]
    public void The_size_of_the_hole_is_the_number_of_packets_that_pass() =>
        Check.One(Runs, Prop.ForAll(SmallWorld.Policies, policy =>
        {
            var narrow = Fenced(policy) with { Defaults = [] };
            var opened = from packet in SmallWorld.Packets(Own(narrow))
                         where packet.Protocol != IpProtocol.Icmp && Evaluator.Judge(narrow, packet).LetsPass
                         select packet with { From = Zone.Self, To = Zone.Self }; // open is what is open between any two zones
            var size = HoleSize.Of(narrow);
            foreach (var group in new[] { IpProtocol.Tcp, IpProtocol.Udp })
            {
                var counted = size.Parts.Where(part => part.Protocol == group).Aggregate(BigInteger.Zero, (sum, part) => sum + part.Count);
                counted.ShouldBe(new BigInteger(opened.Where(packet => packet.Protocol == group).Distinct().Count()));
            }
        }));

    [Fact]
    public void What_is_wider_than_needed_is_found_by_rule() =>
        Check.One(Runs, Prop.ForAll(SmallWorld.Policies, SmallWorld.Policies, (policy, needed) =>
        {
            var (mine, theirs) = (Fenced(policy), Fenced(needed));
            var tried = from packet in SmallWorld.Packets()
                        let judgement = Evaluator.Judge(mine, packet)
                        where judgement.LetsPass && judgement.Rule is not null && !Evaluator.Judge(theirs, packet).LetsPass
                        select judgement.Rule!.Id;
            Shadows.Against(mine, theirs).Where(finding => finding is { Kind: ShadowKind.Wider, RuleId: not null }).Select(finding => finding.RuleId!).Order()
                .ShouldBe(tried.Distinct().Order());
        }));

    [Theory]
    [InlineData("80", "any", 16, 0)]
    [InlineData("80,443", "1024-65535", 16.977, 0.001)]
    [InlineData("any", "any", 32, 0)]
    public void Sizes_are_powers_of_two(string destination, string source, double bits, double tolerance)
    {
        var host = new Zone("loc", [], AddressSet.TryParse("192.0.2.1", out var one) ? one : AddressSet.None);
        var rule = new Rule
        {
            Id = "a",
            Phase = Phase.Narrow,
            Verdict = new Verdict.Accept(),
            Match = new() { From = host, To = Zone.Self, Protocol = IpProtocol.Tcp, SourcePorts = Ports(source), DestinationPorts = Ports(destination) },
        };
        HoleSize.Of(new() { IsRouter = true, Zones = [host], Rules = [rule] }).Bits.ShouldBe(bits, tolerance + 1e-9);
    }

    /// <summary>The rules with their words taken one by one, written apart from the evaluator.</summary>
    private static Verdict PlainReading(Policy policy, Packet packet)
    {
        foreach (var rule in policy.Rules)
        {
            var match = rule.Match;
            var hasPorts = packet.Protocol != IpProtocol.Icmp;
            var fits = (match.From is null || match.From.Name == packet.From.Name) && (match.To is null || match.To.Name == packet.To.Name);
            fits &= match.Protocol.ToString() == "Any" || match.Protocol == packet.Protocol;
            fits &= InWords(match.Source, packet.Source) && InWords(match.Destination, packet.Destination);
            fits &= hasPorts ? InWords(match.SourcePorts, packet.SourcePort) && InWords(match.DestinationPorts, packet.DestinationPort)
                : match is { SamePort: false } && match.SourcePorts.ToString() == "any" && match.DestinationPorts.ToString() == "any";
            fits &= !match.SamePort || packet.SourcePort == packet.DestinationPort;
            fits &= match.IcmpType is null || (packet.Protocol == IpProtocol.Icmp && packet.IcmpType == match.IcmpType);
            if (fits)
            {
                return rule.Verdict;
            }
        }

        return policy.Defaults.FirstOrDefault(last => (last.From?.Name ?? packet.From.Name) == packet.From.Name && (last.To?.Name ?? packet.To.Name) == packet.To.Name)?.Verdict
            ?? new Verdict.Drop();
    }

    private static bool InWords(AddressSet set, System.Net.IPAddress address) => set.ToString() is "any" || set.Networks().Any(network => network.Contains(address));

    private static bool InWords(PortSet set, ushort port) => set.ToString() is "any" || set.ToString().Split(',').Select(part => part.Split('-'))
        .Any(ends => int.Parse(ends[0], CultureInfo.InvariantCulture) <= port && port <= int.Parse(ends[^1], CultureInfo.InvariantCulture));

    private static IEnumerable<ShadowKind> Kinds(Rule first, Rule later)
    {
        if (first.LogPrefix is not null && later.LogPrefix is null)
        {
            yield return ShadowKind.LogMasks;
        }

        if (first.Verdict is Verdict.Drop && later.Verdict is Verdict.Reject)
        {
            yield return ShadowKind.DropHidesReject;
        }
    }

    /// <summary>Every rule cut down to the small world, so that what lies beyond it decides nothing.</summary>
    private static Policy Fenced(Policy policy)
    {
        var world = SmallWorld.Net.Addresses.Union(SmallWorld.Loc.Addresses);
        var ports = Ports("0-5");
        var rules = from rule in policy.Rules
                    from protocol in rule.Match.Protocol == IpProtocol.Any ? [IpProtocol.Tcp, IpProtocol.Udp] : new[] { rule.Match.Protocol }
                    select rule with
                    {
                        Id = $"{rule.Id}{protocol.Word()}",
                        Match = rule.Match with
                        {
                            Protocol = protocol,
                            Source = rule.Match.Source.Intersect(world),
                            Destination = rule.Match.Destination.Intersect(world),
                            SourcePorts = protocol == IpProtocol.Icmp ? PortSet.Any : rule.Match.SourcePorts.Intersect(ports),
                            DestinationPorts = protocol == IpProtocol.Icmp ? PortSet.Any : rule.Match.DestinationPorts.Intersect(ports),
                            IcmpType = protocol == IpProtocol.Icmp ? rule.Match.IcmpType ?? 1 : null,
                        },
                    };
        return policy with { Rules = [.. rules] };
    }

    private static AddressSet Own(Policy policy)
    {
        var named = from rule in policy.Rules
                    where rule.Verdict.LetsPass
                    from end in new[] { (Zone: rule.Match.From, Addresses: rule.Match.Source), (Zone: rule.Match.To, Addresses: rule.Match.Destination) }
                    where end.Zone is { IsSelf: true }
                    select end.Addresses;
        var own = named.Aggregate(AddressSet.None, (set, addresses) => set.Union(addresses));
        return own.IsEmpty ? AddressSet.Of(System.Net.IPAddress.Any) : own;
    }

    private static PortSet Ports(string text) => PortSet.TryParse(text, out var ports) ? ports : throw new FormatException(text);
}
