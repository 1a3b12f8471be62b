using System.Net;
using System.Net.Sockets;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>What firewalls let out and how they refuse the rest, by TCP and UDP: the simulator, TUN routers and the kernel say the same.</summary>
[Trait("part", "net")]
public class FirewallsForRealTests
{
    private const int Patience = 1500;
    private const int Silence = 500;

    private static readonly ushort[] TcpPorts = [22, 80, 443, 1080, 3128];
    private static readonly ushort[] UdpPorts = [53, 443, 3478];

    public FirewallsForRealTests() => LabRun.Require();

    [Theory]
    [InlineData("tun")]
    [InlineData("kernel")]
    public void Real_packets_get_out_where_simulated_ones_do(string router)
    {
        BoxDescription[] boxes = [.. BoxCatalogue.All.Values.Where(box => box.Firewall?.Outgoing is not null), BoxCatalogue.All["linux"]];
        using var lab = new BoxLab([.. boxes.Select(BoxCatalogue.Boxes)], router);
        var listening = TcpPorts.Select(port => lab.Run.Tcp("server", port, listens: true)).ToArray();
        var open = UdpPorts.ToDictionary(port => port, port => lab.Run.Udp("server", port));
        var (real, simulated) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var (number, box) in boxes.Index())
        {
            var world = lab.Simulated(number);
            real[box.Id] = Table(port => Connects(lab, number, port), port => Delivers(lab, number, port, open[port]));
            simulated[box.Id] = Table(port => world.Try(Opening(lab, number, Transport.Tcp, port)), port => world.Try(Opening(lab, number, Transport.Udp, port)));
        }

        Array.ForEach([.. listening, .. open.Values], socket => socket.Dispose());
        real.ShouldBe(simulated, ignoreOrder: true);
        real["linux"].ShouldNotContain("Refused");
        real["web-only"].ShouldBe("tcp 22 Refused, tcp 80 Arrives, tcp 443 Arrives, tcp 1080 Refused, tcp 3128 Refused, udp 53 Refused, udp 443 Refused, udp 3478 Refused");
        real["udp-blocked"].ShouldEndWith("tcp 3128 Arrives, udp 53 Silence, udp 443 Silence, udp 3478 Silence");
        real["http-proxy-only"].ShouldNotContain("Arrives", customMessage: "no host is called proxy here");
    }

    private static string Table(Func<ushort, Fate> tcp, Func<ushort, Fate> udp) =>
        string.Join(", ", [.. TcpPorts.Select(port => $"tcp {port} {tcp(port)}"), .. UdpPorts.Select(port => $"udp {port} {udp(port)}")]);

    private static PacketHeader Opening(BoxLab lab, int number, Transport transport, ushort port) => new()
    {
        Transport = transport,
        Source = new(lab.Inner(number), (ushort)(4000 + port)),
        Destination = new(BoxLab.Server, port),
        TimeToLive = 64,
        Flags = transport == Transport.Tcp ? TcpFlags.Syn : TcpFlags.None,
    };

    private static Fate Connects(BoxLab lab, int number, ushort port)
    {
        using var socket = lab.Run.Tcp(BoxLab.Host(number), 4000 + port, listens: false);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            socket.ConnectAsync(new IPEndPoint(IPAddress.Parse($"{BoxLab.Server}"), port), patience.Token).AsTask().GetAwaiter().GetResult();
            return Fate.Arrives;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.AccessDenied)
        {
            return Fate.Refused;
        }
        catch (OperationCanceledException)
        {
            return Fate.Silence;
        }
    }

    private static Fate Delivers(BoxLab lab, int number, ushort port, Socket server)
    {
        using var inside = lab.Run.Udp(BoxLab.Host(number), 4000 + port);
        inside.Connect(new IPEndPoint(IPAddress.Parse($"{BoxLab.Server}"), port));
        inside.Send("knock"u8);
        try
        {
            if (LabRun.Receive(server, Silence).Text == "knock")
            {
                return Fate.Arrives;
            }

            inside.Blocking = false;
            inside.Receive(new byte[8]);
            throw new InvalidOperationException("Nobody answers here.");
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.WouldBlock ? Fate.Silence : Fate.Refused; // as ICMP said
        }
    }
}
