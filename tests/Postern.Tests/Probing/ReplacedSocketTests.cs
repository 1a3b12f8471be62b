using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;
using Postern.Tests.Kit;
using Postern.Transports;

namespace Postern.Tests.Probing;

/// <summary>A socket that the router shows at a port towards which others begin nothing is replaced, and the offer waits for the other one.</summary>
[Collection(nameof(Alone))]
public class ReplacedSocketTests
{
    private static readonly IpAddress Router = IpAddress.Parse("203.0.113.9");

    [Theory]
    [InlineData(0, int.MaxValue, new[] { 40000 })]
    [InlineData(1, int.MaxValue, new[] { 2000, 40001 })]
    [InlineData(3, int.MaxValue, new[] { 2000, 32770, 54321, 40003 })]
    [InlineData(4, int.MaxValue, new[] { 2000, 32770, 54321, 1900 })] // and then it is left at that
    [InlineData(1, 1, new[] { 2000 })] // the system gives none
    public async Task A_router_that_shows_unwelcome_ports_has_another_socket_opened_three_times_at_most(int unwelcome, int given, int[] told)
    {
        using var server = UdpTransport.Bind(new(IpAddress.Loopback, 0));
        Answer(server, unwelcome);
        using var certificate = DtlsCertificate.Create();
        var opened = 0;
        using var driver = new CallDriver(Call(certificate, server.Local), TimeProvider.System, (local, options) =>
            opened++ < given ? UdpTransport.Bind(local, options) : throw new SocketException((int)SocketError.TooManyOpenSockets));
        driver.OpenSockets([IpAddress.Loopback]).ShouldBe(1);
        driver.Do((call, now) => call.Start(now));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var happened in driver.Happened.ReadAllAsync(patience.Token))
        {
            happened.ShouldNotBeOfType<CallEvent.AnotherSocketWanted>();
            if (happened is CallEvent.SignalReady { Payload: SignalPayload.Described described })
            {
                described.Description.CandidatesComplete.ShouldBeTrue();
                described.Description.Candidates.Where(line => line.Contains("srflx")).Select(line => int.Parse(line.Split(' ')[5])).ShouldBe(told);
                described.Description.Candidates.Count(line => line.Contains("typ host")).ShouldBe(1, "inside the network the first one serves");
                opened.ShouldBe(given == 1 ? 2 : told.Length);
                return;
            }
        }
    }

    /// <summary>A Binding server behind whose eyes the first so many sockets are at unwelcome ports.</summary>
    private static void Answer(UdpTransport server, int unwelcome)
    {
        var known = new List<Endpoint>();
        ushort[] bad = [2000, 32770, 54321, 1900];
        server.Start((datagram, source, _) =>
        {
            if (StunMessage.TryParse(datagram, out var message) != StunError.None)
            {
                return;
            }

            if (!known.Contains(source))
            {
                known.Add(source);
            }

            var number = known.IndexOf(source);
            var bytes = new byte[128];
            var writer = StunWriter.Respond(bytes, StunClass.Success, message);
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, new(Router, number < unwelcome ? bad[number] : (ushort)(40000 + number)));
            writer.AddFingerprint();
            server.Send(bytes.AsSpan(0, writer.Length), source);
        });
    }

    private static Call Call(DtlsCertificate certificate, Endpoint server) => new(
        new()
        {
            Role = CallRole.Caller,
            Session = "session",
            LocalName = "alice",
            RemoteName = "bob",
            Certificate = certificate,
            StunServers = [server],
            GatherFirst = true,
        },
        SystemRandom.Instance);
}
