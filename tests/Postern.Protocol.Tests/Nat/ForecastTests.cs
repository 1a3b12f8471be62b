using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

public class ForecastTests
{
    private static readonly NatDependence[] Behaviours =
        [NatDependence.EndpointIndependent, NatDependence.AddressDependent, NatDependence.AddressAndPortDependent];

    private static readonly NatReport Home = Report(NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent);
    private static readonly NatReport Peer = Home with { Mapped = Endpoint.Parse("198.51.100.9:2000") };

    [Fact]
    public void Every_pair_of_mapping_and_filtering_comes_out_as_two_simulated_boxes_do()
    {
        var punched = 0;
        foreach (var mapping in Behaviours)
            foreach (var filtering in Behaviours)
                foreach (var otherMapping in Behaviours)
                    foreach (var otherFiltering in Behaviours)
                    {
                        var here = Report(mapping, filtering);
                        var there = Report(otherMapping, otherFiltering) with { Mapped = Peer.Mapped };
                        var random = new SeededRandom(5);
                        var simulation = new PunchSimulation(
                            new(new() { Mapping = mapping, Filtering = filtering }, random),
                            new(new() { Outer = Peer.Mapped.Address, Mapping = otherMapping, Filtering = otherFiltering }, random));
                        var works = simulation.Run();
                        var which = $"{mapping}/{filtering} and {otherMapping}/{otherFiltering}";
                        var path = Punched(here, there);
                        path.Odds.ShouldBe(works ? 0.999 : 0, which);
                        path.Reason.Id.StartsWith("no-", StringComparison.Ordinal).ShouldBe(!works, which);
                        path.Reason.Sentence.ShouldNotBe(path.Reason.Id);
                        Punched(there, here).Odds.ShouldBe(path.Odds, which);
                        punched += works ? 1 : 0;
                    }

        punched.ShouldBe(42); // of 81: 9 where both stay, 24 where one moves, 9 where both do
    }

    [Fact]
    public void Two_home_routers_are_punched_and_relayed_as_a_last_resort()
    {
        var paths = Forecast.Between(Home, Peer);
        paths.Select(p => (p.Kind, p.Method, p.Odds, p.Reason.Id)).ShouldBe([
            (ForecastKind.Punched, ForecastMethod.Punch, 0.999, "both-mappings-stay"),
            (ForecastKind.Relayed, ForecastMethod.Relay, 0.999, "relay-always"),
            (ForecastKind.Host, ForecastMethod.Call, 0, "no-public-side")]);
    }

    [Fact]
    public void A_strict_nat_and_a_home_router_are_relayed_and_the_reason_names_the_sides()
    {
        var strict = Report(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent);
        var paths = Forecast.Between(strict, Peer);
        paths[0].Kind.ShouldBe(ForecastKind.Relayed);
        paths[2].Reason.Id.ShouldBe("no-moving-here-filter-strict-there");
        Forecast.Between(Peer, strict)[2].Reason.Id.ShouldBe("no-moving-there-filter-strict-here");
    }

    [Fact]
    public void A_public_side_is_called()
    {
        var open = Report(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent) with { IsTranslated = false };
        var path = Forecast.Between(Peer, open)[0];
        (path.Kind, path.Method, path.Odds, path.Reason.Id).ShouldBe((ForecastKind.Host, ForecastMethod.Call, 0.999, "public-there"));
        Forecast.Between(open, Peer)[0].Reason.Id.ShouldBe("public-here");
    }

    [Fact]
    public void A_public_address_behind_a_firewall_is_punched_not_called()
    {
        var firewalled = Home with { IsTranslated = false };
        Forecast.Between(firewalled, Peer)[0].Kind.ShouldBe(ForecastKind.Punched);
    }

    [Theory]
    [InlineData(NatHairpin.Yes, 0.999, "hairpin")]
    [InlineData(NatHairpin.Unknown, 0.4995, "hairpin")]
    [InlineData(NatHairpin.No, 0, "no-hairpin")]
    public void Behind_one_router_both_meet_inside_or_by_hairpin(NatHairpin hairpin, double odds, string reason)
    {
        var neighbour = Home with { Hairpin = hairpin, Mapped = Home.Mapped with { Port = 7 } };
        var paths = Forecast.Between(neighbour, Home with { Hairpin = hairpin });
        (paths[0].Kind, paths[0].Method, paths[0].Odds).ShouldBe((ForecastKind.Host, ForecastMethod.LocalNetwork, 0.8));
        var punched = paths.Single(p => p.Kind == ForecastKind.Punched);
        punched.Odds.ShouldBe(odds, 1e-9);
        punched.Reason.Id.ShouldBe(reason);
    }

    [Fact]
    public void What_is_known_of_the_networks_counts_more_than_the_outer_addresses()
    {
        var neighbour = Home with { Mapped = Home.Mapped with { Port = 7 } };
        Forecast.Between(Home, neighbour, NetworkRelation.SameNetwork).ShouldHaveSingleItem().Odds.ShouldBe(0.999);
        Forecast.OddsOfDirect(Forecast.Between(Home, neighbour with { Hairpin = NatHairpin.No }, NetworkRelation.SameNat)).ShouldBe(0);
        Forecast.OddsOfDirect(Forecast.Between(Home, neighbour, NetworkRelation.Apart)).ShouldBe(0.999, 1e-9);
    }

    [Fact]
    public void What_is_not_built_yet_is_named_and_not_expected()
    {
        var counting = Report(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent) with { Ports = new() { Kind = PortRuleKind.Step, Delta = 1 } };
        var paths = Forecast.Between(counting, Peer);
        paths.Where(p => p.Reason.Id.EndsWith("-not-built", StringComparison.Ordinal)).Select(p => (p.Kind, p.Method, p.Odds, p.Reason.Id)).ShouldBe([
            (ForecastKind.Mapped, ForecastMethod.PortMapping, 0.0, "mapping-not-built"), (ForecastKind.Tcp, ForecastMethod.PunchOverTcp, 0.0, "tcp-not-built")]);
        paths.Single(p => p.Kind == ForecastKind.Predicted).ShouldBe(new(ForecastKind.Predicted, 0.995, ForecastMethod.Predict, paths.Single(p => p.Kind == ForecastKind.Predicted).Reason));
        Forecast.Between(Home, Peer).ShouldAllBe(p => !p.Reason.Id.EndsWith("-not-built", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_can_be_mapped_only_where_a_router_stands()
    {
        var strict = Report(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent);
        IsMappingNamed(strict, Peer).ShouldBeTrue();
        IsMappingNamed(Peer, strict with { UdpLimited = true }).ShouldBeFalse("nobody could send to the port");
        IsMappingNamed(Peer with { UdpBlocked = true }, strict).ShouldBeFalse();
        IsMappingNamed(strict with { IsTranslated = false }, strict with { IsTranslated = false, Mapped = Peer.Mapped }).ShouldBeFalse();

        static bool IsMappingNamed(NatReport here, NatReport there) => Forecast.Between(here, there).Any(path => path.Method == ForecastMethod.PortMapping);
    }

    /// <summary>An answer from another of a NAT's addresses is no answer; and by luck it is the same one.</summary>
    [Fact]
    public void Addresses_that_are_drawn_for_each_destination_leave_nothing_sure_and_little_impossible()
    {
        NatReport Pooled(NatDependence filtering, int addresses, string mapped) => Report(NatDependence.AddressDependent, filtering) with
        {
            Mapped = Endpoint.Parse(mapped),
            MappedAddresses = addresses,
            Ports = new() { Kind = PortRuleKind.Random, BlockStart = 1024, BlockSize = 64512 },
        };
        var (one, other) = (Pooled(NatDependence.EndpointIndependent, 1, "192.0.2.7:7"), Pooled(NatDependence.EndpointIndependent, 1, "192.0.2.8:8"));
        Punched(one, other).Odds.ShouldBe(0.999);
        var drawn = Punched(one with { MappedAddresses = 3 }, other with { MappedAddresses = 4 });
        drawn.Odds.ShouldBeInRange(0.6, 0.8, "each goes after the other's last address, until one is had twice");
        drawn.Reason.Sentence.ShouldStartWith("Probably");
    }

    /// <summary>Where ports stay and filters are strict, an address meets if both ends were drawn for each other.</summary>
    [Theory]
    [InlineData(2, 1, 1.0 / 2)]
    [InlineData(1, 3, 1.0 / 3)]
    [InlineData(2, 3, 1.0 / 6)]
    public void Without_a_method_for_it_luck_finds_one_pair_of_addresses(int here, int there, double odds)
    {
        NatReport Roaming(int addresses, string mapped) => Report(NatDependence.AddressDependent, NatDependence.AddressAndPortDependent) with
        {
            Mapped = Endpoint.Parse(mapped),
            MappedAddresses = addresses,
            Mapping = addresses > 1 ? NatDependence.AddressAndPortDependent : NatDependence.EndpointIndependent,
            Ports = new() { Kind = PortRuleKind.Kept },
        };
        var unpredicted = ForecastMethods.Built.Where(method => method != ForecastMethod.Predict).ToHashSet();
        Forecast.Between(Roaming(here, "192.0.2.7:7"), Roaming(there, "192.0.2.8:8"), methods: unpredicted).Single(path => path.Method == ForecastMethod.Punch).Odds.ShouldBe(odds, 0.03);
    }

    [Fact]
    public void What_the_agents_have_no_method_for_is_named_and_not_expected()
    {
        var open = Report(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent) with { IsTranslated = false };
        var counting = Report(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent) with { Ports = new() { Kind = PortRuleKind.Step, Delta = 1 } };
        foreach (var (here, there) in new[] { (Home, Peer), (Peer, open), (counting, Peer), (open, counting) })
        {
            var all = Forecast.Between(here, there);
            foreach (var missing in all.Where(path => path.Odds > 0))
            {
                var methods = ForecastMethods.Built.Where(method => method != missing.Method).ToHashSet();
                var paths = Forecast.Between(here, there, methods: methods);
                paths.Where(path => path.Method == missing.Method).ShouldAllBe(path => path.Odds == 0 && path.Reason.Id == "method-not-there");
                paths.Where(path => path.Method != missing.Method && path.Odds > 0).ShouldBe(all.Where(path => path.Method != missing.Method && path.Odds > 0));
            }

            Forecast.Between(here, there, methods: new HashSet<ForecastMethod>()).ShouldAllBe(path => path.Odds == 0);
        }
    }

    [Fact]
    public void What_is_unknown_is_weighed_and_said_to_be_probable()
    {
        var unknown = Report(NatDependence.Unknown, NatDependence.Unknown);
        var path = Punched(unknown, Peer);
        path.Odds.ShouldBe(0.999 * 0.78, 1e-9);
        path.Reason.Sentence.ShouldStartWith("Probably");

        Punched(Report(NatDependence.NotPortDependent, NatDependence.AddressAndPortDependent), Peer).Odds.ShouldBe(0.999 * 0.975, 1e-9);
        Punched(Report(NatDependence.Dependent, NatDependence.AddressAndPortDependent), Peer).Odds.ShouldBe(0);

        var strict = Report(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent);
        Punched(Report(NatDependence.EndpointIndependent, NatDependence.NotPortDependent), strict with { Mapped = Peer.Mapped }).Odds.ShouldBe(0.999);
        var partly = Punched(Report(NatDependence.EndpointIndependent, NatDependence.Dependent), strict with { Mapped = Peer.Mapped });
        partly.Odds.ShouldBe(0.999 / 9, 1e-9);
        partly.Reason.Id.ShouldBe("no-moving-there-filter-strict-here");
        partly.Reason.Sentence.ShouldStartWith("Probably");
    }

    [Fact]
    public void Blocked_udp_and_foreign_families_leave_no_direct_path()
    {
        var blocked = Home with { UdpBlocked = true, Mapped = Endpoint.None };
        Forecast.Between(blocked, Peer).Select(p => p.Reason.Id).ShouldBe(["udp-blocked-here", "relay-over-https-not-offered", "tcp-not-built"]);
        Forecast.Between(Peer, blocked).Select(p => p.Reason.Id).ShouldBe(["udp-blocked-there", "relay-over-https-not-offered", "tcp-not-built"]);
        Forecast.Between(blocked, Peer).ShouldAllBe(p => p.Odds == 0);
        foreach (var (here, there, reason) in new[] { (blocked, Peer, "udp-blocked-here"), (Peer, blocked, "udp-blocked-there"), (blocked, blocked, "udp-blocked-here") })
        {
            Forecast.Between(here, there, methods: ForecastMethods.Between(overHttps: true)).Select(p => (p.Method, p.Odds, p.Reason.Id)).ShouldBe(
                [(ForecastMethod.RelayOverTcp, 0.999, "relay-over-https"), (ForecastMethod.Relay, 0, reason), (ForecastMethod.PunchOverTcp, 0, "tcp-not-built")]);
        }

        Forecast.Between(Home, Peer, methods: ForecastMethods.Between(overHttps: true)).ShouldBe(Forecast.Between(Home, Peer));
        var v6 = Peer with { Family = IpFamily.V6 };
        Forecast.Between(Home, v6).Select(p => (p.Kind, p.Odds)).ShouldBe([(ForecastKind.Relayed, 0.999), (ForecastKind.Punched, 0)]);
    }

    [Fact]
    public void The_typical_peers_tell_whom_one_can_reach_and_how()
    {
        Outlook(Home).ShouldBe([
            ("public", ForecastKind.Host), ("full-cone", ForecastKind.Punched), ("home-router", ForecastKind.Punched), ("carrier", ForecastKind.Relayed)]);
        Outlook(Report(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent)).ShouldBe([
            ("public", ForecastKind.Host), ("full-cone", ForecastKind.Punched), ("home-router", ForecastKind.Relayed), ("carrier", ForecastKind.Relayed)]);
        Outlook(Report(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent)).ShouldBe([
            ("public", ForecastKind.Host), ("full-cone", ForecastKind.Punched), ("home-router", ForecastKind.Punched), ("carrier", ForecastKind.Punched)]);
        Outlook(Home with { Family = IpFamily.V6, IsTranslated = false }).ShouldBe([("public", ForecastKind.Host), ("home-router", ForecastKind.Punched)]);
    }

    private static (string, ForecastKind)[] Outlook(NatReport here) =>
        [.. Forecast.AgainstTypicalPeers(here).Select(o => (o.Peer.Id, o.Best!.Kind))];

    private static ForecastPath Punched(NatReport here, NatReport there) => Forecast.Between(here, there).Single(p => p.Kind == ForecastKind.Punched);

    private static NatReport Report(NatDependence mapping, NatDependence filtering) => new()
    {
        Family = IpFamily.V4,
        Local = Endpoint.Parse("192.168.1.2:40001"),
        Mapped = Endpoint.Parse("198.51.100.7:1000"),
        IsTranslated = true,
        Mapping = mapping,
        Filtering = filtering,
    };
}
