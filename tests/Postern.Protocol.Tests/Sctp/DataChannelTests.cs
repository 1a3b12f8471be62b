using System.Text;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

public class DataChannelTests
{
    [Fact]
    public void A_channel_opens_with_its_label_and_promises()
    {
        var pair = new DataChannelPair();
        pair.Pair.Started();
        var options = new DataChannelOptions { Ordered = false, MaxRetransmits = 5, Protocol = "chat" };
        var channel = pair.A.Open("über", options, pair.Now);
        channel.Id.ShouldBe((ushort)0);
        pair.B.Open("theirs", DataChannelOptions.Default, pair.Now).Id.ShouldBe((ushort)1);
        pair.Pair.RunFor(100);
        channel.State.ShouldBe(DataChannelState.Open);
        var theirs = pair.OpenedAtB();
        theirs.Label.ShouldBe("über");
        theirs.Options.ShouldBe(options);
        theirs.State.ShouldBe(DataChannelState.Open);
        pair.EventsOfA.OfType<DataChannelEvent.ChannelOpened>().Select(opened => (opened.Channel.Label, opened.ByPeer))
            .ShouldBe([("theirs", true), ("über", false)], ignoreOrder: true);
    }

    [Fact]
    public void Messages_may_be_sent_before_the_peer_confirms_and_even_before_there_is_an_association()
    {
        var pair = new DataChannelPair();
        var channel = pair.A.Open("early", new() { Ordered = false }, pair.Now);
        channel.SendText("one"u8, pair.Now).ShouldBe(SendResult.Accepted);
        channel.SendBinary("two"u8, pair.Now).ShouldBe(SendResult.Accepted);
        pair.Pair.Started();
        pair.Pair.RunFor(11);
        pair.TextsAtB.ShouldBe(["t:one", "b:two"]);
    }

    [Fact]
    public void Empty_messages_arrive_empty()
    {
        var pair = new DataChannelPair();
        pair.Pair.Started();
        var channel = pair.A.Open("empty", DataChannelOptions.Default, pair.Now);
        channel.SendText([], pair.Now);
        channel.SendBinary([], pair.Now);
        pair.Pair.RunFor(50);
        pair.TextsAtB.ShouldBe(["t:", "b:"]);
    }

    [Fact]
    public void Deprecated_identifiers_are_read_as_whole_messages_and_unknown_ones_ignored()
    {
        var pair = new DataChannelPair();
        pair.Pair.Started();
        var channel = pair.A.Open("old", DataChannelOptions.Default, pair.Now);
        pair.Pair.A.Send(channel.Id, PayloadProtocol.TextPartial, "a"u8, default, pair.Now);
        pair.Pair.A.Send(channel.Id, PayloadProtocol.BinaryPartial, "b"u8, default, pair.Now);
        pair.Pair.A.Send(channel.Id, 4711, "c"u8, default, pair.Now);
        pair.Pair.RunFor(50);
        pair.TextsAtB.ShouldBe(["t:a", "b:b"]);
        pair.B.MessagesIgnored.ShouldBe(1);
    }

    [Fact]
    public void Closing_flushes_then_closes_both_ends_and_the_number_is_free_again()
    {
        var pair = new DataChannelPair();
        pair.Pair.Started();
        for (var round = 0; round < 3; round++)
        {
            var channel = pair.A.Open("round", DataChannelOptions.Default, pair.Now);
            channel.Id.ShouldBe((ushort)0);
            channel.SendText(Encoding.UTF8.GetBytes($"{round}"), pair.Now);
            channel.Close(pair.Now);
            channel.SendText("late"u8, pair.Now).ShouldBe(SendResult.Closed);
            pair.Pair.RunUntil(() => channel.State == DataChannelState.Closed, 1);
            pair.Pair.RunFor(100);
        }

        pair.TextsAtB.ShouldBe(["t:0", "t:1", "t:2"]);
        pair.EventsOfA.OfType<DataChannelEvent.ChannelClosed>().Count().ShouldBe(3);
        pair.EventsOfB.OfType<DataChannelEvent.ChannelClosed>().Count().ShouldBe(3);
        pair.B.Channels.ShouldBeEmpty();
    }

    [Fact]
    public void Both_ends_may_close_at_once_under_loss()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var pair = new DataChannelPair(seed);
            pair.Pair.Started();
            pair.Pair.ForBoth(link => { link.Loss = 0.2; link.Jitter = TimeSpan.FromMilliseconds(10); });
            var channel = pair.A.Open("both", DataChannelOptions.Default, pair.Now);
            channel.SendText("a"u8, pair.Now);
            pair.Pair.RunUntil(() => pair.EventsOfB.OfType<DataChannelEvent.MessageReceived>().Any());
            channel.Close(pair.Now);
            pair.OpenedAtB().Close(pair.Now);
            pair.Pair.RunUntil(() => pair.A.Channels.Count == 0 && pair.B.Channels.Count == 0);
            pair.EventsOfA.OfType<DataChannelEvent.ChannelClosed>().Count().ShouldBe(1);
            pair.EventsOfB.OfType<DataChannelEvent.ChannelClosed>().Count().ShouldBe(1);
        }
    }

    [Fact]
    public void A_negotiated_channel_needs_no_message()
    {
        var pair = new DataChannelPair();
        var options = new DataChannelOptions { NegotiatedId = 77 };
        var a = pair.A.Open("agreed", options, pair.Now);
        pair.B.Open("agreed", options, pair.Now);
        a.SendText("hi"u8, pair.Now);
        pair.Pair.Started();
        pair.Pair.RunFor(11);
        pair.TextsAtB.ShouldBe(["t:hi"]);
        pair.EventsOfA.OfType<DataChannelEvent.ChannelOpened>().Single().ByPeer.ShouldBeFalse();
        pair.Pair.A.Stats.MessagesSent.ShouldBe(1);
        Should.Throw<ArgumentException>(() => pair.A.Open("twice", options, pair.Now));
    }

    [Fact]
    public void An_OPEN_on_a_number_of_ours_is_refused_by_a_reset()
    {
        var pair = new DataChannelPair();
        pair.Pair.Started();
        pair.Pair.A.Send(1, PayloadProtocol.Dcep, new ChannelOpenMessage("odd", new()).ToBytes(), default, pair.Now);
        pair.Pair.A.Send(2, PayloadProtocol.Dcep, [3, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], default, pair.Now);
        pair.Pair.RunFor(100);
        pair.B.Channels.ShouldBeEmpty();
        pair.B.MessagesIgnored.ShouldBe(2);
        pair.Pair.B.Stats.ChunksSent.ShouldBe(0);
    }

    [Fact]
    public void The_end_of_the_association_closes_all_channels()
    {
        var pair = new DataChannelPair();
        pair.Pair.Started();
        pair.A.Open("one", DataChannelOptions.Default, pair.Now);
        pair.A.Open("two", DataChannelOptions.Default, pair.Now);
        pair.Pair.RunFor(50);
        pair.Pair.A.Abort();
        pair.Pair.RunFor(50);
        pair.EventsOfB.OfType<DataChannelEvent.ChannelClosed>().Count().ShouldBe(2);
        pair.EventsOfB[^1].ShouldBe(new DataChannelEvent.Ended(SctpCloseReason.PeerAborted, SctpCause.UserInitiatedAbort));
        Should.Throw<InvalidOperationException>(() => pair.A.Open("late", DataChannelOptions.Default, pair.Now));
    }

    [Fact]
    public void The_bytes_of_OPEN_are_those_of_the_RFC()
    {
        var bytes = new ChannelOpenMessage("ab", new() { Ordered = false, MaxLifetime = TimeSpan.FromMilliseconds(1000), Protocol = "c" }).ToBytes();
        Convert.ToHexString(bytes).ShouldBe("03820100" + "000003E8" + "00020001" + "616263");
        Should.Throw<ArgumentException>(() => new DataChannelPair().A.Open("x", new() { MaxRetransmits = 1, MaxLifetime = TimeSpan.Zero }, default));
    }
}
