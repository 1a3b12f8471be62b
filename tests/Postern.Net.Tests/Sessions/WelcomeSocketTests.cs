using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Transports;

namespace Postern.Net.Tests.Sessions;

/// <summary>Which ports our sockets take of those that the kernel draws from.</summary>
[Trait("part", "net")]
public class WelcomeSocketTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_socket_never_sits_where_others_begin_nothing_while_there_is_another_port(string address)
    {
        using var network = new Network(ipv6: true);
        var host = network.AddPublicHost();
        host.Check("sysctl", ["-w", "net.ipv4.ip_local_port_range=32769 32775"]); // portsentry's traps are 32770 to 32774
        for (var i = 0; i < 20; i++)
        {
            using var one = host.Inside(() => UdpTransport.Bind(new(IpAddress.Parse(address), 0)));
            using var other = host.Inside(() => UdpTransport.Bind(new(IpAddress.Parse(address), 0)));
            new[] { one.Local.Port, other.Local.Port }.Order().ShouldBe([(ushort)32769, (ushort)32775]);
        }
    }

    [Fact]
    public void What_is_named_is_taken_and_where_there_is_nothing_else_so_is_that()
    {
        using var network = new Network();
        var host = network.AddPublicHost();
        host.Check("sysctl", ["-w", "net.ipv4.ip_local_port_range=32770 32774"]);
        using var named = host.Inside(() => UdpTransport.Bind(Endpoint.Parse("127.0.0.1:2000")));
        named.Local.Port.ShouldBe((ushort)2000);
        using var any = host.Inside(() => UdpTransport.Bind(Endpoint.Parse("127.0.0.1:0")));
        UnwelcomePorts.Contains(any.Local.Port).ShouldBeTrue();
    }
}
