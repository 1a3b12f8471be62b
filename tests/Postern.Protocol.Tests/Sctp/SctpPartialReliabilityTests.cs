using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

public class SctpPartialReliabilityTests
{
    private static readonly byte[] Full = new byte[1132];
    private static readonly uint First = SctpEnd.PeerTsn;

    [Fact]
    public void A_message_without_retransmissions_is_given_up_when_it_is_lost()
    {
        var end = new SctpEnd();
        end.Association.Send(7, 53, Full, new(MaximumRetransmissions: 0), end.Now);
        for (var i = 0; i < 4; i++)
        {
            end.Association.Send(1, 53, Full, default, end.Now);
        }

        end.Drain();
        end.Advance(20);
        end.HandSack(end.Tsn - 1, gaps: [(2, 5)]);
        var forward = end.DrainChunk(SctpChunkType.ForwardTsn);
        ForwardTsnChunk.TryRead(new(forward), out var parsed).ShouldBeTrue();
        parsed.NewCumulativeTsn.ShouldBe(end.Tsn);
        parsed.SkipCount.ShouldBe(1);
        parsed.Skip(0).ShouldBe(((ushort)7, (ushort)0));
        end.Association.Stats.MessagesAbandoned.ShouldBe(1);
        end.Association.Stats.ChunksRetransmitted.ShouldBe(0);
        end.HandSack(end.Tsn + 4);
        end.Association.BufferedAmount.ShouldBe(0);
    }

    [Fact]
    public void FORWARD_TSN_is_sent_again_until_the_peer_has_gone_on()
    {
        var end = new SctpEnd();
        end.Association.Send(7, 53, Full, new(MaximumRetransmissions: 0), end.Now);
        end.Drain();
        end.Advance(500); // no round trip is known: no probe, but the timeout
        end.DrainText().ShouldBe(["ForwardTsn"]);
        end.Now = end.Association.NextDeadline;
        end.Advance(0);
        end.DrainText().ShouldBe(["ForwardTsn"]);
        end.HandSack(end.Tsn);
        end.Drain().ShouldBeEmpty();
        end.Advance(20_000);
        end.Drain().ShouldBeEmpty();
    }

    [Fact]
    public void A_message_that_outlived_itself_before_it_was_sent_leaves_no_trace()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 10; i++)
        {
            end.Association.Send(1, 53, Full, default, end.Now);
        }

        end.Drain().Count.ShouldBe(10);
        end.Association.Send(2, 53, Full, new(Lifetime: TimeSpan.FromMilliseconds(50)), end.Now);
        end.Association.Send(2, 53, [2], default, end.Now);
        end.Drain().ShouldBeEmpty();
        end.Advance(60);
        end.HandSack(end.Tsn + 9);
        var left = end.Drain().Single();
        PacketText.Of(left).ShouldBe("Data");
        PacketText.DataOf(left).Single().Tsn.ShouldBe(end.Tsn + 10);
        SctpPacket.TryParse(left, out var packet).ShouldBeTrue();
        var reader = packet.Chunks;
        reader.MoveNext();
        DataChunk.TryRead(reader.Current, out var data);
        data.StreamSequence.ShouldBe((ushort)0); // no number was spent on the dropped one
        end.Association.Stats.MessagesAbandoned.ShouldBe(1);
    }

    [Fact]
    public void A_message_given_up_half_way_ends_with_a_number_that_is_never_sent()
    {
        var end = new SctpEnd();
        end.Association.Send(3, 53, new byte[1132 * 30], new(Lifetime: TimeSpan.FromMilliseconds(100)), end.Now);
        end.Association.Send(3, 53, [9], default, end.Now);
        end.Drain().Count.ShouldBe(10);
        end.Advance(150);
        end.HandSack(end.Tsn + 9); // all that was sent has arrived
        var text = end.Drain();
        text.Select(packet => PacketText.Of(packet)).ShouldBe(["ForwardTsn+Data"]);
        PacketText.DataOf(text[0]).Single().Tsn.ShouldBe(end.Tsn + 11);
        end.HandSack(end.Tsn + 11);
        end.Association.BufferedAmount.ShouldBe(0);
    }

    [Fact]
    public void Towards_a_peer_without_FORWARD_TSN_all_is_reliable()
    {
        var end = new SctpEnd(forwards: false);
        end.Association.Send(7, 53, Full, new(MaximumRetransmissions: 0, Lifetime: TimeSpan.FromMilliseconds(1)), end.Now);
        end.Drain();
        end.Advance(500);
        end.DrainText().ShouldBe(["Data"]);
    }

    [Fact]
    public void The_receiver_goes_on_behind_what_was_given_up()
    {
        var end = new SctpEnd();
        end.HandData(First + 1, [1], stream: 4, sequence: 1);
        end.HandData(First + 2, [2], DataChunk.BeginFlag, stream: 5, sequence: 0); // half a message
        end.HandData(First + 4, [4], stream: 5, sequence: 1);
        end.Events.ShouldBeEmpty();
        HandForward(end, First + 3, (4, 0), (5, 0));
        end.Events.OfType<SctpEvent.MessageReceived>().Select(message => message.Payload.Span[0]).ShouldBe([(byte)1, (byte)4]);
        SackChunk.TryRead(new(end.DrainChunk(SctpChunkType.Sack)), out var sack);
        sack.CumulativeTsn.ShouldBe(First + 4);
        sack.GapCount.ShouldBe(0);
        HandForward(end, First + 3, (4, 0)); // again: answered, nothing else
        end.DrainText().ShouldBe(["Sack"]);
        end.Events.Count.ShouldBe(2);
    }

    [Fact]
    public void A_partial_message_is_dropped_when_its_rest_is_given_up()
    {
        var end = new SctpEnd();
        end.HandData(First, [1], DataChunk.BeginFlag);
        end.HandData(First + 1, [2], 0);
        HandForward(end, First + 3, (0, 0));
        end.HandData(First + 4, [9], sequence: 1);
        end.Events.OfType<SctpEvent.MessageReceived>().Single().Payload.ToArray().ShouldBe([9]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Under_loss_every_message_arrives_whole_or_not_at_all_and_all_goes_on(bool byLifetime)
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var pair = new SctpPair(seed).Started();
            pair.ForBoth(link => { link.Loss = 0.15; link.Jitter = TimeSpan.FromMilliseconds(10); });
            var options = byLifetime ? new SendOptions(seed % 2 == 0, Lifetime: TimeSpan.FromMilliseconds(60)) : new(seed % 2 == 0, MaximumRetransmissions: (int)(seed / 2 % 2));
            for (var i = 0; i < 200; i++)
            {
                var payload = new byte[4 + (i * 37 % 4000)];
                BinaryPrimitives.WriteInt32BigEndian(payload, i);
                pair.A.Send((ushort)(i % 3), 53, payload, options, pair.Now);
                pair.RunFor(2);
            }

            pair.A.Send(0, 99, [1], default, pair.Now);
            pair.RunUntil(() => pair.A.BufferedAmount == 0 && pair.EventsOfB.OfType<SctpEvent.MessageReceived>().Any(message => message.PayloadProtocol == 99));
            var arrived = pair.EventsOfB.OfType<SctpEvent.MessageReceived>().Where(message => message.PayloadProtocol == 53).ToList();
            var numbers = arrived.Select(message => BinaryPrimitives.ReadInt32BigEndian(message.Payload.Span)).ToList();
            numbers.ShouldBeUnique();
            arrived.Zip(numbers).ShouldAllBe(pairing => pairing.First.Payload.Length == 4 + (pairing.Second * 37 % 4000));
            ((long)numbers.Count + pair.A.Stats.MessagesAbandoned).ShouldBeGreaterThanOrEqualTo(200);
            numbers.Count.ShouldBeGreaterThan(byLifetime ? 30 : 100);
            pair.A.Stats.MessagesAbandoned.ShouldBeGreaterThan(0);
            if (!options.Unordered)
            {
                numbers.Where(number => number % 3 == 1).ShouldBeInOrder();
            }
        }
    }

    private static void HandForward(SctpEnd end, uint point, params (ushort Stream, ushort Sequence)[] skips) =>
        end.Hand((ref PacketWriter writer) =>
        {
            var rest = ForwardTsnChunk.Write(ref writer, point, skips.Length);
            foreach (var (stream, sequence) in skips)
            {
                BinaryPrimitives.WriteUInt16BigEndian(rest, stream);
                BinaryPrimitives.WriteUInt16BigEndian(rest[2..], sequence);
                rest = rest[4..];
            }
        });
}
