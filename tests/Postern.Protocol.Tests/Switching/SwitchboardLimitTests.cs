using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;

namespace Postern.Tests.Switching;

public sealed class SwitchboardLimitTests : IDisposable
{
    private readonly PeerIdentity _key = PeerIdentity.Create();

    [Theory]
    [InlineData("", "The frame is not a JSON object.")]
    [InlineData("[]", "The frame is not a JSON object.")]
    [InlineData("hello", "The frame is not a JSON object.")]
    [InlineData("""{"type":"hello","type":"hello"}""", "The frame is no record of this protocol: its type is unknown, or a field is missing, doubled or of the wrong kind.")]
    [InlineData("""{"type":"dance"}""", "The frame is no record of this protocol: its type is unknown, or a field is missing, doubled or of the wrong kind.")]
    [InlineData("""{"type":"prove"}""", "The frame is no record of this protocol: its type is unknown, or a field is missing, doubled or of the wrong kind.")]
    [InlineData("""{"type":"prove","signature":null}""", "The frame is no record of this protocol: its type is unknown, or a field is missing, doubled or of the wrong kind.")]
    [InlineData("""{"type":"prove","signature":"short"}""", "A field of the frame is empty, too long or not in its form.")]
    [InlineData("""{"type":"ping","a":[[[[[[[[[[[[[]]]]]]]]]]]]]}""", "The frame nests deeper than 12 levels.")]
    public void A_malformed_frame_is_refused_in_one_sentence_and_disturbs_nobody(string text, string sentence)
    {
        using var talk = new SwitchboardDialogue();
        var anna = LogIn(talk, "anna");
        var stranger = talk.Open();
        talk.Say(stranger, text);
        talk.ShouldBeRefused(stranger, RefusalCode.Malformed, sentence);
        talk.Say(anna, new ClientFrame.Ping());
        talk.Heard<ServerFrame.Pong>(anna);
    }

    [Fact]
    public void An_oversized_frame_is_refused_whatever_it_holds()
    {
        using var talk = new SwitchboardDialogue();
        var stranger = talk.Open();
        talk.Say(stranger, new byte[FrameLimits.FrameBytes + 1]);
        talk.ShouldBeRefused(stranger, RefusalCode.Malformed, "The frame is larger than 65536 bytes.");
    }

    [Fact]
    public void A_binary_frame_is_refused()
    {
        using var talk = new SwitchboardDialogue();
        var stranger = talk.Open();
        talk.Switchboard.HandleBinary(stranger, talk.Now);
        talk.Pass(0);
        talk.Say(stranger, "{}");
        talk.ShouldBeRefused(stranger, RefusalCode.Malformed, "The frame is not UTF-8 text.");
    }

    [Fact]
    public void Too_many_frames_a_second_end_a_connection_and_leave_the_others()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { FrameBurst = 12, FramesPerSecond = 10 });
        var anna = LogIn(talk, "anna");
        var bob = LogIn(talk, "bob");
        for (var i = 0; i < 10; i++)
        {
            talk.Say(anna, new ClientFrame.Ping());
            talk.Heard<ServerFrame.Pong>(anna);
        }

        talk.Pass(0.1);
        talk.Say(anna, new ClientFrame.Ping());
        talk.Heard<ServerFrame.Pong>(anna);
        talk.Say(anna, new ClientFrame.Ping());
        talk.ShouldBeRefused(anna, RefusalCode.TooFast);
        talk.Say(bob, new ClientFrame.Ping());
        talk.Heard<ServerFrame.Pong>(bob);
    }

    [Fact]
    public void Too_many_bytes_a_second_end_a_connection()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { ByteBurst = 2000, BytesPerSecond = 100 });
        var anna = LogIn(talk, "anna");
        talk.Signal(anna, "anna", 1, payload: "{\"a\":\"" + new string('x', 2000) + "\"}");
        talk.ShouldBeRefused(anna, RefusalCode.TooFast);
    }

    [Fact]
    public void Connections_from_one_address_are_bounded_and_come_free_again()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { ConnectionsPerAddress = 2 });
        var first = talk.Open("192.0.2.1:1");
        talk.Open("192.0.2.1:2");
        talk.ShouldBeRefused(talk.Open("192.0.2.1:3"), RefusalCode.TooManyConnections);
        talk.Unheard(talk.Open("192.0.2.2:3")).ShouldBeEmpty();
        talk.Hang(first);
        talk.Unheard(talk.Open("192.0.2.1:4")).ShouldBeEmpty();
    }

    [Fact]
    public void An_ipv6_network_of_64_bits_counts_as_one_address()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { ConnectionsPerAddress = 1 });
        talk.Open("[2001:db8::1]:1");
        talk.ShouldBeRefused(talk.Open("[2001:db8::2]:1"), RefusalCode.TooManyConnections);
        talk.Unheard(talk.Open("[2001:db8:0:1::1]:1")).ShouldBeEmpty();
    }

    [Fact]
    public void Strangers_who_do_not_log_in_are_bounded_and_sent_away_in_time()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { PendingConnections = 1 });
        var anna = LogIn(talk, "anna");
        var stranger = talk.Open();
        talk.ShouldBeRefused(talk.Open(), RefusalCode.ServerFull);
        talk.Pass(10);
        talk.ShouldBeRefused(stranger, RefusalCode.TooSlow);
        talk.Unheard(talk.Open()).ShouldBeEmpty();
        talk.Unheard(anna).ShouldBeEmpty();
    }

    [Fact]
    public void A_connection_that_says_nothing_for_45_seconds_is_dead()
    {
        using var talk = new SwitchboardDialogue();
        var anna = LogIn(talk, "anna");
        talk.Pass(44);
        talk.Say(anna, new ClientFrame.Ping());
        talk.Heard<ServerFrame.Pong>(anna);
        talk.Pass(44.9);
        talk.IsClosed(anna).ShouldBeFalse();
        talk.Pass(0.1);
        talk.ShouldBeRefused(anna, RefusalCode.TooSlow);
    }

    [Fact]
    public void One_address_claims_a_bounded_number_of_names()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { ClaimsPerAddress = 2 });
        LogIn(talk, "a");
        LogIn(talk, "b");
        talk.ShouldBeRefused(talk.LogIn("c", _key), RefusalCode.TooManyNames);
        talk.Heard<ServerFrame.Welcome>(talk.LogIn("c", _key, address: "198.51.100.1:1"));
        talk.Pass(1801);
        talk.Heard<ServerFrame.Welcome>(talk.LogIn("d", _key));
    }

    [Fact]
    public void Names_are_bounded_in_all()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { MaximumNames = 1 });
        LogIn(talk, "a");
        var second = talk.Open();
        talk.Say(second, SwitchboardDialogue.Hello("b", _key));
        talk.ShouldBeRefused(second, RefusalCode.TooManyNames);
    }

    [Fact]
    public void When_everybody_has_left_nothing_is_left_to_wait_for()
    {
        using var talk = new SwitchboardDialogue();
        var anna = LogIn(talk, "anna");
        var bob = LogIn(talk, "bob");
        talk.Signal(anna, "bob", 1, SignalKind.Offer);
        talk.Hang(anna);
        talk.Hang(bob);
        talk.Pass(3600);
        talk.Switchboard.NextDeadline.ShouldBe(Instant.Never);
        talk.Switchboard.Sessions.ShouldBe(0);
    }

    public void Dispose() => _key.Dispose();

    private ConnectionId LogIn(SwitchboardDialogue talk, string name)
    {
        var connection = talk.LogIn(name, _key);
        talk.Heard<ServerFrame.Welcome>(connection);
        return connection;
    }
}
