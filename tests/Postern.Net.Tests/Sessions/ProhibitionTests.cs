using System.Collections.Concurrent;
using Postern.Firewalls.Rules;
using Postern.Lab.Packets;
using Postern.Net.Tests.Firewalls;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;
using Postern.Transports;
using Packet = Postern.Firewalls.Rules.Packet;

namespace Postern.Net.Tests.Sessions;

/// <summary>What the kernel tells a UDP socket of its own OUTPUT chain, and what somebody outside can make it believe.</summary>
[Trait("part", "net")]
public class ProhibitionTests
{
    private const ushort Port = 9999;

    private readonly ConcurrentQueue<(Endpoint Destination, IpAddress Reporter)> _heard = [];

    [Theory]
    [InlineData(4, "nft", "drop", false)]
    [InlineData(6, "nft", "drop", false)]
    [InlineData(4, "nft", "reject", false)]
    [InlineData(6, "nft", "reject", false)]
    [InlineData(4, "nft", "reject with icmp type admin-prohibited", true)]
    [InlineData(6, "nft", "reject with icmpv6 type admin-prohibited", true)]
    [InlineData(4, "nft", "reject with icmpx type admin-prohibited", true)]
    [InlineData(6, "nft", "reject with icmpx type admin-prohibited", true)]
    [InlineData(4, "iptables", "DROP", false)]
    [InlineData(6, "ip6tables", "DROP", false)]
    [InlineData(4, "iptables", "REJECT --reject-with icmp-port-unreachable", false)]
    [InlineData(4, "iptables", "REJECT --reject-with icmp-admin-prohibited", true)]
    [InlineData(6, "ip6tables", "REJECT --reject-with icmp6-adm-prohibited", true)]
    [InlineData(4, "iptables-legacy", "REJECT --reject-with icmp-admin-prohibited", true)]
    [InlineData(6, "ip6tables-legacy", "REJECT --reject-with icmp6-adm-prohibited", true)]
    public void The_system_refuses_and_only_an_administrators_reject_is_reported_from_our_own_address(int family, string tool, string verdict, bool isReported)
    {
        using var network = new Network(ipv6: true);
        var host = network.AddPublicHost();
        if (tool == "nft")
        {
            host.ApplyRules($"table inet keeper {{\n chain output {{\n type filter hook output priority 0;\n udp dport {Port} {verdict}\n }}\n}}");
        }
        else
        {
            host.Check(tool, ["-A", "OUTPUT", "-p", "udp", "--dport", $"{Port}", "-j", .. verdict.Split(' ')]);
        }

        using var socket = Open(host, family);
        var target = Target(network, family);
        Send(socket, target, 3);
        Thread.Sleep(300);
        _heard.Distinct().ShouldBe(isReported ? [(target, socket.Local.Address)] : []);
        socket.IsRefusedHere.ShouldBeTrue(); // EPERM in each case
        _heard.Count.ShouldBeGreaterThanOrEqualTo(isReported ? 3 : 0);
    }

    /// <summary>Over IPv4 the kernel takes no packet from outside with an address of its own; over IPv6 it does, and then it is not our own word.</summary>
    [Theory]
    [InlineData(4, true, 0)]
    [InlineData(6, true, 1)]
    [InlineData(4, false, 1)]
    [InlineData(6, false, 1)]
    public void What_is_forged_outside_is_never_our_own(int family, bool asOurselves, int heard)
    {
        using var network = new Network(ipv6: true);
        var host = network.AddPublicHost();
        var attacker = network.AddPublicHost();
        using var socket = Open(host, family);
        var target = Target(network, family);
        Send(socket, target, 1);
        Thread.Sleep(300);
        _heard.ShouldBeEmpty(); // the target's port is closed, and says so, which is something else

        var reporter = asOurselves ? socket.Local.Address : IpAddress.Parse(family == 4 ? attacker.Address : attacker.Address6);
        Forge(attacker, socket.Local, target, reporter);
        for (var i = 0; i < 20 && _heard.IsEmpty; i++)
        {
            Thread.Sleep(50);
        }

        Send(socket, target, 1); // nor does it become ours with what is sent later
        Thread.Sleep(300);
        _heard.ShouldBe(Enumerable.Repeat((target, reporter), heard));
        socket.IsRefusedHere.ShouldBeFalse();
    }

    /// <summary>Of two errors that .NET has one word for, one is of an earlier datagram: the next one is not to be lost for it.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void What_was_prohibited_takes_no_other_datagram_with_it(int family)
    {
        using var network = new Network(ipv6: true);
        var host = network.AddPublicHost();
        network.Core.ApplyRules($"table inet keeper {{\n chain forward {{\n type filter hook forward priority 0;\n udp dport {Port} reject with icmpx type admin-prohibited\n }}\n}}");
        using var socket = Open(host, family);
        var target = Target(network, family);
        var other = target with { Port = 9998 };
        var (from, to) = family == 4 ? (host.Address, network.Server.Address) : (host.Address6, network.Server.Address6);
        var arrived = network.Server.CountUdp(from, to);
        for (var i = 0; i < 50; i++)
        {
            Send(socket, target, 1);
            Thread.Sleep(i % 3); // before, while and after its answer comes
            Send(socket, other, 1);
        }

        Thread.Sleep(300);
        arrived.Read().Packets.ShouldBe(50);
        socket.IsRefusedHere.ShouldBeFalse();
        _heard.ShouldContain(next => next.Destination == target);
    }

    private static Endpoint Target(Network network, int family) => new(IpAddress.Parse(family == 4 ? network.Server.Address : network.Server.Address6), Port);

    private UdpTransport Open(Host host, int family)
    {
        var local = new Endpoint(IpAddress.Parse(family == 4 ? host.Address : host.Address6), 0);
        var socket = host.Inside(() => UdpTransport.Bind(local));
        socket.Start(static (_, _, _) => { }, (_, destination, reporter) => _heard.Enqueue((destination, reporter)));
        return socket;
    }

    private static void Send(UdpTransport socket, Endpoint target, int count)
    {
        for (var i = 0; i < count; i++)
        {
            socket.Send("a check"u8, target);
            Thread.Sleep(count > 1 ? 30 : 0);
        }
    }

    /// <summary>"Prohibited", about a datagram that the socket may well have sent.</summary>
    private static void Forge(Host attacker, Endpoint local, Endpoint target, IpAddress reporter)
    {
        var quoted = PacketBytes.Of(
            new Packet(Zone.Self, FirewallBench.Net, IpProtocol.Udp, local.Address.ToIPAddress(), local.Port, target.Address.ToIPAddress(), target.Port), 1);
        IpPacket.TryRead(quoted, out var header, out _).ShouldBe(PacketFault.None);
        var buffer = new byte[Answer.MaximumLength];
        var length = Answer.Write(header.Refusal(reporter, IcmpErrorKind.Prohibited), quoted, 0, buffer);
        using var sender = attacker.Inside(() => new RawSender());
        sender.Send(buffer[..length], local.Address.ToIPAddress());
    }
}
