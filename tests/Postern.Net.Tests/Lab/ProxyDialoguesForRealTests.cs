using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.Lab.Grid.Real;
using Postern.Lab.Simulator.Hosts.Proxies;

namespace Postern.Net.Tests.Lab;

/// <summary>The simulator's proxies answer as squid and Dante do, to the same bytes, with a server at port 443 and nobody at 81.</summary>
[Trait("part", "net")]
public sealed class ProxyDialoguesForRealTests : IDisposable
{
    private const string Proxy = "203.0.113.4";
    private const ushort Open = 443;

    private readonly string _folder = Directory.CreateTempSubdirectory("postern-proxies-").FullName;

    public ProxyDialoguesForRealTests()
    {
        LabRun.Require();
        RealProxy.Require(["http-proxy-only", "socks-only"]);
    }

    [Fact]
    public void An_HTTP_proxy_answers_as_squid_does()
    {
        using var lab = new LabRun("one-home", "--box", "http-proxy-only");
        using var server = lab.Tcp("server", Open, listens: true);
        using var squid = RealProxy.Start(ProxyProtocol.Http, lab.Name, Proxy, _folder, CancellationToken.None);
        Code("CONNECT 203.0.113.2:443 HTTP/1.1\r\nHost: a\r\n\r\n").ShouldBe("200");
        Code("\r\nCONNECT 203.0.113.2:443 HTTP/1.0\r\n\r\n").ShouldBe("200");
        Code("CONNECT 203.0.113.2:81 HTTP/1.1\r\nHost: a\r\n\r\n").ShouldBe("403");
        Code("CONNECT 203.0.113.2:0 HTTP/1.1\r\nHost: a\r\n\r\n").ShouldBe("400");
        Code("CONNECT 203.0.113.2:443 HTTP/1.1\r\nHost : a\r\n\r\n").ShouldBe("400");
        Code("\u0016\u0003\u0001\u0002\r\n\r\n").ShouldBe("400");

        string Code(string said)
        {
            var real = Word(Real(lab, ProxyProtocol.Http, Encoding.Latin1.GetBytes(said)));
            Word(Simulated(ProxyProtocol.Http, Encoding.Latin1.GetBytes(said))).ShouldBe(real, said);
            return real;
        }

        static string Word(byte[] answer) => Encoding.Latin1.GetString(answer).Split(' ')[1];
    }

    [Fact]
    public void A_SOCKS_proxy_answers_as_Dante_does()
    {
        using var lab = new LabRun("one-home", "--box", "socks-only");
        using var server = lab.Tcp("server", Open, listens: true);
        using var dante = RealProxy.Start(ProxyProtocol.Socks5, lab.Name, Proxy, _folder, CancellationToken.None);
        Reply([5, 1, 0], [5, 1, 0, 1, 203, 0, 113, 2, 1, 0xBB]).ShouldBe([5, 0, 5, 0, 0, 1]);
        Reply([5, 2, 2, 0, 5, 1, 0, 1, 203, 0, 113, 2, 1, 0xBB]).ShouldBe([5, 0, 5, 0, 0, 1]); // all at once
        Reply([5, 1, 0], [5, 1, 0, 1, 203, 0, 113, 2, 0, 81]).ShouldBe([5, 0, 5, 5, 0, 1]);
        Reply([5, 1, 2]).ShouldBe([5, 0xFF]);
        Reply([5, 0]).ShouldBe([5, 0xFF]);
        Reply("GET / HTTP/1.1\r\n\r\n"u8.ToArray()).ShouldBeEmpty();

        // Up to the type of the address: which one of its own a proxy names is its affair.
        byte[] Reply(params byte[][] said)
        {
            byte[] real = [.. Real(lab, ProxyProtocol.Socks5, said).Take(6)];
            Simulated(ProxyProtocol.Socks5, said).Take(6).ShouldBe(real, Convert.ToHexString([.. said.SelectMany(part => part)]));
            return real;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Says one thing after the other, each once the last is answered; all that came back, until nothing more comes or the end.</summary>
    private static byte[] Real(LabRun lab, ProxyProtocol protocol, params byte[][] said)
    {
        using var socket = lab.Inside("server", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Connect(IPAddress.Parse(Proxy), ProxyRules.PortOf(protocol));
        var heard = new List<byte>();
        var buffer = new byte[8192];
        foreach (var part in said)
        {
            socket.Send(part);
            for (var patience = 5_000; socket.Poll(TimeSpan.FromMilliseconds(patience), SelectMode.SelectRead) && socket.Receive(buffer) is > 0 and var length; patience = 300)
            {
                heard.AddRange(buffer[..length]);
            }
        }

        return [.. heard];
    }

    /// <summary>The same from the simulator's dialogue.</summary>
    private static byte[] Simulated(ProxyProtocol protocol, params byte[][] said)
    {
        IProxyDialogue dialogue = protocol == ProxyProtocol.Http ? new HttpDialogue() : new SocksDialogue();
        var heard = new List<byte>();
        foreach (var part in said)
        {
            var turn = dialogue.Take(part);
            heard.AddRange(turn.Answer.Span);
            if (turn.Target is { } target)
            {
                heard.AddRange(!ProxyRules.Usual.Lets(protocol, target.Port) ? dialogue.Refused(ProxyRefusal.Forbidden)
                    : target.Port == Open ? dialogue.Granted(target)
                    : dialogue.Refused(ProxyRefusal.Refused));
            }
        }

        return [.. heard];
    }
}
