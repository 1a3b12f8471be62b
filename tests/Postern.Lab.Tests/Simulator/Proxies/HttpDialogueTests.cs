using System.Text;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>What an HTTP proxy and its client say, in the bytes of RFC 9110 and RFC 9112.</summary>
public class HttpDialogueTests
{
    private const string Asked = "CONNECT 203.0.113.2:443 HTTP/1.1\r\nHost: 203.0.113.2:443\r\n\r\n";
    private static readonly Endpoint Target = Endpoint.Parse("203.0.113.2:443");

    [Fact]
    public void Our_client_asks_and_the_proxy_understands_it_whatever_the_segments()
    {
        Encoding.ASCII.GetString(new HttpRequest(Target).Begin()).ShouldBe(Asked);
        for (var first = 1; first < Asked.Length; first++)
        {
            var dialogue = new HttpDialogue();
            dialogue.Take(Bytes(Asked[..first])).ShouldBe(ProxyTurn.More());
            var turn = dialogue.Take(Bytes(Asked[first..]));
            (turn.Target, turn.Answer.Length, turn.Rest.Length, turn.IsOver).ShouldBe((Target, 0, 0, false));
        }
    }

    /// <summary>RFC 9110 §9.3.6: the connection is a tunnel behind the empty line.</summary>
    [Fact]
    public void What_stands_behind_the_request_is_for_the_target_and_behind_the_answer_for_the_client()
    {
        Encoding.ASCII.GetString(new HttpDialogue().Take(Bytes(Asked + "early\r\n\r\n")).Rest.Span).ShouldBe("early\r\n\r\n");
        var turn = new HttpRequest(Target).Take([.. new HttpDialogue().Granted(Target), .. "early"u8]);
        (turn.IsGranted, turn.Refusal).ShouldBe((true, null));
        Encoding.ASCII.GetString(turn.Rest.Span).ShouldBe("early");
    }

    [Theory]
    [InlineData("connect 203.0.113.2:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501)] // methods are case-sensitive, RFC 9110 §9.1
    [InlineData("GET http://203.0.113.2/ HTTP/1.1\r\nHost: 203.0.113.2\r\n\r\n", 501)]
    [InlineData("CONNECT 203.0.113.2:443 HTTP/1.1\r\n\r\n", 400)] // RFC 9112 §3.2: without Host
    [InlineData("CONNECT 203.0.113.2:443 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("CONNECT 203.0.113.2:443 HTTP/1.1\r\nHost : a\r\n\r\n", 400)] // RFC 9112 §5.1: no space before the colon
    [InlineData("CONNECT 203.0.113.2 HTTP/1.1\r\nHost: a\r\n\r\n", 400)] // RFC 9112 §3.2.3: without a port
    [InlineData("CONNECT 203.0.113.2:0 HTTP/1.1\r\nHost: a\r\n\r\n", 400)] // RFC 9110 §9.3.6: an invalid port
    [InlineData("CONNECT  203.0.113.2:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("CONNECT 203.0.113.2:443 HTTP/2.0\r\nHost: a\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\r\n\r\n", 400)] // TLS
    [InlineData("CONNECT nowhere.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", 502)]
    [InlineData("CONNECT nowhere.example:443443 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public void What_it_cannot_do_is_refused_with_its_code(string said, int code)
    {
        var turn = new HttpDialogue().Take(Bytes(said));
        turn.IsOver.ShouldBeTrue();
        Encoding.ASCII.GetString(turn.Answer.Span).ShouldStartWith($"HTTP/1.1 {code} ");
        new HttpRequest(Target).Take(turn.Answer.Span).Refusal.ShouldBe($"The proxy answers CONNECT to 203.0.113.2:443 with {code}.");
    }

    [Theory]
    [InlineData("\r\nCONNECT 203.0.113.2:443 HTTP/1.1\r\nhost: a\r\nUser-Agent: b c\r\n\r\n", "203.0.113.2:443")]
    [InlineData("CONNECT 203.0.113.2:443 HTTP/1.0\r\n\r\n", "203.0.113.2:443")]
    [InlineData("CONNECT [2001:db8::2]:443 HTTP/1.1\r\nHost: [2001:db8::2]\r\n\r\n", "[2001:db8::2]:443")]
    public void Other_spellings_are_understood(string said, string target) => new HttpDialogue().Take(Bytes(said)).Target.ShouldBe(Endpoint.Parse(target));

    [Theory]
    [InlineData(nameof(ProxyRefusal.Forbidden), 403)]
    [InlineData(nameof(ProxyRefusal.Refused), 502)]
    [InlineData(nameof(ProxyRefusal.Silent), 504)]
    public void Why_there_is_no_tunnel_is_said(string reason, int code) =>
        new HttpRequest(Target).Take(new HttpDialogue().Refused(Enum.Parse<ProxyRefusal>(reason))).Refusal!.ShouldEndWith($"with {code}.");

    [Fact]
    public void A_head_without_end_is_refused_on_either_side()
    {
        var (dialogue, request) = (new HttpDialogue(), new HttpRequest(Target));
        byte[] more = [.. Enumerable.Repeat((byte)'a', 1024)];
        for (var sent = 0; sent < HttpDialogue.MostBytes; sent += more.Length)
        {
            dialogue.Take(more).ShouldBe(ProxyTurn.More());
            request.Take(more).ShouldBe(RequestTurn.More());
        }

        Encoding.ASCII.GetString(dialogue.Take("a"u8).Answer.Span).ShouldStartWith("HTTP/1.1 431 ");
        request.Take("a"u8).Refusal.ShouldBe("What answers is no HTTP proxy.");
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public void What_is_no_HTTP_proxy_is_told_so(string said) => new HttpRequest(Target).Take(Bytes(said)).Refusal.ShouldBe("What answers is no HTTP proxy.");

    [Fact]
    public void Nothing_that_is_said_makes_either_side_throw() => FuzzRun.Run("http-connect", said =>
    {
        DialogueFuzz.Try(new HttpDialogue(), said);
        DialogueFuzz.Try(new HttpRequest(Target), said);
    }, cases: 200_000);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
