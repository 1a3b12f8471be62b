using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>What a SOCKS5 proxy and its client say, in the bytes of RFC 1928.</summary>
public class SocksDialogueTests
{
    private static readonly Endpoint Target = Endpoint.Parse("203.0.113.2:443");
    private static readonly Endpoint Local = Endpoint.Parse("203.0.113.4:41000");
    private static readonly byte[] Greeting = [5, 1, 0];
    private static readonly byte[] Request = [5, 1, 0, 1, 203, 0, 113, 2, 0x01, 0xBB];

    [Fact]
    public void Client_and_proxy_agree_on_a_tunnel_byte_by_byte()
    {
        var (client, proxy) = (new SocksRequest(Target), new SocksDialogue());
        client.Begin().ShouldBe(Greeting);
        var chosen = proxy.Take(Greeting);
        chosen.Answer.ToArray().ShouldBe([5, 0]);
        client.Take([5]).ShouldBe(RequestTurn.More());
        client.Take([0]).Answer.ToArray().ShouldBe(Request);
        Array.ForEach(Request[..^1], next => proxy.Take([next]).ShouldBe(ProxyTurn.More()));
        proxy.Take([Request[^1]]).Target.ShouldBe(Target);
        var granted = proxy.Granted(Local);
        granted.ShouldBe([5, 0, 0, 1, 203, 0, 113, 4, 0xA0, 0x28]);
        Array.ForEach(granted[..^1], next => client.Take([next]).ShouldBe(RequestTurn.More()));
        var turn = client.Take([granted[^1], 7, 8]);
        turn.IsGranted.ShouldBeTrue();
        turn.Rest.ToArray().ShouldBe([7, 8]);
    }

    [Fact]
    public void IPv6_has_an_address_of_sixteen_bytes_in_both_directions()
    {
        var target = Endpoint.Parse("[2001:db8::2]:443");
        var client = new SocksRequest(target);
        var asked = client.Take([5, 0]).Answer.ToArray();
        asked.Length.ShouldBe(22);
        asked[3].ShouldBe((byte)4);
        var proxy = new SocksDialogue();
        proxy.Take(Greeting);
        proxy.Take(asked).Target.ShouldBe(target);
        client.Take(proxy.Granted(Endpoint.Parse("[2001:db8::4]:41000"))).IsGranted.ShouldBeTrue();
    }

    [Fact]
    public void Who_says_everything_at_once_is_answered_everything_at_once()
    {
        var turn = new SocksDialogue().Take([.. Greeting, .. Request, 1, 2, 3]);
        turn.Answer.ToArray().ShouldBe([5, 0]);
        turn.Target.ShouldBe(Target);
        turn.Rest.ToArray().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(new byte[] { 5, 1, 2 }, new byte[] { 5, 0xFF })] // a password is all that is offered, RFC 1928 §3
    [InlineData(new byte[] { 5, 0 }, new byte[] { 5, 0xFF })]
    [InlineData(new byte[] { 4, 1, 1, 0xBB, 203, 0, 113, 2, 0 }, new byte[0])] // SOCKS4
    [InlineData(new byte[] { (byte)'G', (byte)'E', (byte)'T' }, new byte[0])]
    public void Who_cannot_be_greeted_is_left(byte[] said, byte[] answer)
    {
        var turn = new SocksDialogue().Take(said);
        turn.IsOver.ShouldBeTrue();
        turn.Answer.ToArray().ShouldBe(answer);
    }

    [Theory]
    [InlineData(new byte[] { 5, 2, 0, 1, 203, 0, 113, 2, 1, 0xBB }, 7)] // BIND
    [InlineData(new byte[] { 5, 3, 0, 1, 0, 0, 0, 0, 0, 0 }, 7)] // UDP ASSOCIATE
    [InlineData(new byte[] { 5, 1, 0, 2, 0, 0, 0, 0 }, 8)] // no such type of address
    [InlineData(new byte[] { 5, 1, 0, 3, 1, (byte)'a', 1, 0xBB }, 4)] // a name
    [InlineData(new byte[] { 4, 1, 0, 1, 203 }, 1)]
    public void What_it_cannot_do_is_refused_with_its_reply(byte[] said, byte reply)
    {
        var proxy = new SocksDialogue();
        proxy.Take(Greeting);
        var turn = proxy.Take(said);
        turn.IsOver.ShouldBeTrue();
        turn.Answer.ToArray().ShouldBe([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
        Asked().Take(turn.Answer.Span).Refusal.ShouldBe($"The proxy does not connect to 203.0.113.2:443 (SOCKS5 reply {reply}).");
    }

    [Theory]
    [InlineData(nameof(ProxyRefusal.Forbidden), 2)]
    [InlineData(nameof(ProxyRefusal.Refused), 5)]
    [InlineData(nameof(ProxyRefusal.Silent), 4)]
    public void Why_there_is_no_tunnel_is_said(string reason, byte reply) =>
        Asked().Take(new SocksDialogue().Refused(Enum.Parse<ProxyRefusal>(reason))).Refusal!.ShouldEndWith($"(SOCKS5 reply {reply}).");

    [Theory]
    [InlineData(new byte[] { 5, 2 }, "The proxy wants a password.")]
    [InlineData(new byte[] { 5, 0xFF }, "The proxy wants a password.")]
    [InlineData(new byte[] { (byte)'H', (byte)'T', (byte)'T', (byte)'P' }, "What answers is no SOCKS5 proxy.")]
    [InlineData(new byte[] { 5, 0, 5, 0, 0, 9, 1, 2 }, "What answers is no SOCKS5 proxy.")]
    public void What_gives_no_tunnel_is_named(byte[] said, string refusal)
    {
        var client = new SocksRequest(Target);
        var turn = client.Take(said.AsSpan(0, 2));
        (turn.Refusal ?? client.Take(said.AsSpan(2)).Refusal).ShouldBe(refusal);
    }

    [Fact]
    public void Nothing_that_is_said_makes_either_side_throw() => FuzzRun.Run("socks5", said =>
    {
        DialogueFuzz.Try(new SocksDialogue(), said);
        DialogueFuzz.Try(new SocksRequest(Target), said);
        var greeted = new SocksDialogue();
        greeted.Take(Greeting);
        DialogueFuzz.Try(greeted, said);
        DialogueFuzz.Try(Asked(), said);
    }, cases: 200_000);

    /// <summary>A client that has asked.</summary>
    private static SocksRequest Asked()
    {
        var client = new SocksRequest(Target);
        client.Take([5, 0]);
        return client;
    }
}
