using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;
using Postern.Tests.Kit;
using Postern.Transports;

namespace Postern.Tests.Probing;

/// <summary>The sockets beside the call's own: opened where the call asks, closed when it is done with them, and cheap.</summary>
[Collection(nameof(Alone))]
public class SpareSocketTests
{
    /// <summary>A NAT that counts: a call behind it wants sockets for its first punch as soon as it starts.</summary>
    private static readonly NatReport Counting = new()
    {
        Family = IpFamily.V4,
        Local = Endpoint.Parse("192.168.1.2:5000"),
        Mapped = Endpoint.Parse("203.0.113.9:6000"),
        IsTranslated = true,
        Mapping = NatDependence.AddressAndPortDependent,
        Filtering = NatDependence.AddressAndPortDependent,
        Ports = new() { Kind = PortRuleKind.Step, Delta = 1 },
    };

    [Theory]
    [InlineData(int.MaxValue, 4)]
    [InlineData(2, 2)]
    [InlineData(0, 0)]
    public async Task The_driver_binds_what_is_wanted_or_what_the_system_gives(int given, int opened)
    {
        var (usual, spare) = (new List<UdpTransport>(), new List<UdpTransport>());
        using var certificate = DtlsCertificate.Create();
        using var driver = new CallDriver(Call(certificate), TimeProvider.System, (local, options) =>
        {
            if (options == UdpTransportOptions.Usual)
            {
                usual.Add(UdpTransport.Bind(local, options));
                return usual[^1];
            }

            options.ShouldBe(UdpTransportOptions.Spare);
            spare.Add(spare.Count < given ? UdpTransport.Bind(local, options) : throw new SocketException((int)SocketError.TooManyOpenSockets));
            return spare[^1];
        });
        driver.OpenSockets([IpAddress.Loopback]).ShouldBe(1);
        driver.Do((call, now) => call.Start(now));
        (usual.Count, spare.Count).ShouldBe((1, opened));
        spare.ShouldAllBe(socket => socket.Local.Address == IpAddress.Loopback);

        driver.Do((call, now) => call.Close(now));
        await foreach (var happened in driver.Happened.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            happened.ShouldNotBeOfType<CallEvent.SocketsWanted>();
            happened.ShouldNotBeOfType<CallEvent.SocketDone>();
        }

        foreach (var socket in usual.Concat(spare))
        {
            UdpTransport.Bind(socket.Local).Dispose(); // a call that is over holds no port, whoever still holds its session
        }
    }

    [Fact]
    public void Six_hundred_and_forty_sockets_take_little_memory_and_all_receive()
    {
        var received = 0;
        using var sender = UdpTransport.Bind(new(IpAddress.Loopback, 0));
        UdpTransport.Bind(new(IpAddress.Loopback, 0), UdpTransportOptions.Spare).Dispose();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        UdpTransport[] sockets = [.. Enumerable.Range(0, 640).Select(_ => UdpTransport.Bind(new(IpAddress.Loopback, 0), UdpTransportOptions.Spare))];
        Array.ForEach(sockets, socket => socket.Start((datagram, _, _) => Interlocked.Increment(ref received)));
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(640 * 8192);
        Array.ForEach(sockets, socket => sender.Send("hello"u8, socket.Local));
        SpinWait.SpinUntil(() => Volatile.Read(ref received) == 640, TimeSpan.FromSeconds(20)).ShouldBeTrue($"{received} of 640");
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    private static Call Call(DtlsCertificate certificate) => new(
        new()
        {
            Role = CallRole.Caller,
            Session = "session",
            LocalName = "alice",
            RemoteName = "bob",
            Certificate = certificate,
            StunServers = [Endpoint.Parse("127.0.0.1:9")],
            NatReport = Counting,
        },
        SystemRandom.Instance);
}
