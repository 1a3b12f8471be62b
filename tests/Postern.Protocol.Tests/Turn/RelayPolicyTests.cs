using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

/// <summary>The peer policy at every door of the relay: CreatePermission, ChannelBind, Send indication, and after a change.</summary>
public class RelayPolicyTests
{
    public static TheoryData<string> Refused =>
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "100.100.100.200", "192.0.0.1", "198.18.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "20.0.0.77",
    ];

    public static TheoryData<string> RefusedV6 =>
    [
        "::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::127.0.0.1", "2002:7f00:1::1", "64:ff9b::169.254.169.254",
        "64:ff9b:1::1", "2001:0:808:808::80ff:fffe", "2600::5efe:127.0.0.1", "2600::77",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refused_ipv4_peer_is_refused_everywhere(string peer) => RefusedEverywhere(new(Own), "30.0.0.1:4000", peer, v6: false);

    [Theory]
    [MemberData(nameof(RefusedV6))]
    public void A_refused_ipv6_peer_is_refused_everywhere(string peer) => RefusedEverywhere(new(Own), "[2600:30::1]:4000", peer, v6: true);

    [Fact]
    public void Ports_of_fragile_services_are_refused_on_every_address()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocated();
        alice.Permit("40.0.0.1").ShouldBe(0);
        foreach (ushort port in (ushort[])[0, 19, 25, 53, 123, 1900, 11211])
        {
            alice.Send(new(IpAddress.Parse("40.0.0.1"), port), 200).ShouldBeEmpty();
            alice.Bind(0x4000, new(IpAddress.Parse("40.0.0.1"), port)).ShouldBe(403);
        }
    }

    [Fact]
    public void A_change_of_policy_ends_permissions_and_channels_at_once()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var relayed = alice.Allocated();
        var other = Endpoint.Parse("41.0.0.1:5000");
        alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        alice.Bind(0x4001, other).ShouldBe(0);
        town.Relay.SetPolicy(new PeerPolicy(deny: [IpPrefix.Parse("40.0.0.0/8")]), []);

        alice.SendOn(0x4000, 200).ShouldBeEmpty();
        alice.Send(RelayTown.Peer, 200).ShouldBeEmpty();
        town.Receive([200], RelayTown.Peer, relayed).ShouldBeEmpty();
        alice.Permit("40.0.0.1").ShouldBe(403);
        alice.SendOn(0x4001, 200).Count.ShouldBe(1);
    }

    [Fact]
    public void An_address_that_the_server_is_given_while_it_runs_is_refused_from_then_on()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocated();
        alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        town.Relay.SetOwnAddresses([RelayTown.Peer.Address]);
        alice.SendOn(0x4000, 200).ShouldBeEmpty();
        alice.Permit("40.0.0.1").ShouldBe(403);
        town.Relay.SetOwnAddresses([]);
        alice.Permit("40.0.0.1").ShouldBe(0);
    }

    [Fact]
    public void A_laboratory_reaches_loopback_but_never_the_relays_own_ports()
    {
        var listening = Endpoint.Parse("127.0.0.1:3478");
        var town = new RelayTown(options => options with
        {
            Listening = [RelayTown.Listening, listening],
            RelayV4 = IpAddress.Loopback,
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
        });
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocated();
        alice.Permit("127.0.0.1").ShouldBe(0);
        alice.Send(Endpoint.Parse("127.0.0.1:5000"), 200).Count.ShouldBe(1);
        alice.Send(listening, 200).ShouldBeEmpty();
        alice.Bind(0x4000, listening).ShouldBe(403);
        alice.Permit("10.0.0.1").ShouldBe(403);
    }

    private static RelayOptions Own(RelayOptions options) =>
        options with { Peers = new PeerPolicy(deny: [IpPrefix.Parse("20.0.0.77"), IpPrefix.Parse("2600::77")]) };

    private static void RefusedEverywhere(RelayTown town, string client, string peer, bool v6)
    {
        var alice = new RelayCaller(town, client);
        alice.Allocate((ref Protocol.Stun.StunWriter writer) =>
            writer.AddUInt32(Protocol.Stun.StunAttributeType.RequestedAddressFamily, (v6 ? 2u : 1u) << 24)).Code.ShouldBe(0);
        var endpoint = new Endpoint(IpAddress.Parse(peer), 5000);
        alice.Permit(peer).ShouldBe(403);
        alice.Bind(0x4000, endpoint).ShouldBe(403);
        alice.Send(endpoint, 200).ShouldBeEmpty();
        alice.SendOn(0x4000, 200).ShouldBeEmpty();
    }
}
