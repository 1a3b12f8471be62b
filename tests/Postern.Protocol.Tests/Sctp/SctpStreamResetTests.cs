using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

public class SctpStreamResetTests
{
    private static readonly uint First = SctpEnd.PeerTsn;

    [Fact]
    public void A_stream_is_reset_once_its_data_is_acknowledged_and_begins_anew()
    {
        var end = new SctpEnd();
        end.Association.Send(5, 53, [1], default, end.Now);
        end.Association.ResetStream(5, end.Now);
        end.DrainText().ShouldBe(["Data"]);
        end.Association.Send(5, 53, [2], default, end.Now).ShouldBe(SendResult.Closed);
        end.HandSack(end.Tsn);
        var chunk = end.DrainChunk(SctpChunkType.Reconfig);
        var request = ReadRequest(chunk);
        request.ShouldBe((end.Tsn, First - 1, end.Tsn, "5"));
        HandResponse(end, end.Tsn, ReconfigResult.Performed);
        var reset = end.Events.OfType<SctpEvent.StreamsReset>().Single();
        reset.ByPeer.ShouldBeFalse();
        reset.Streams.ShouldBe([(ushort)5]);
        end.Association.Send(5, 53, [3], default, end.Now).ShouldBe(SendResult.Accepted);
        SctpPacket.TryParse(end.Drain().Single(), out var packet).ShouldBeTrue();
        var reader = packet.Chunks;
        reader.MoveNext();
        DataChunk.TryRead(reader.Current, out var data);
        data.StreamSequence.ShouldBe((ushort)0);
    }

    [Fact]
    public void In_progress_is_asked_again_with_the_same_number_and_counts_as_life()
    {
        var end = new SctpEnd(new() { MaximumRetransmissions = 2 });
        end.Association.ResetStream(5, end.Now);
        var first = end.DrainChunk(SctpChunkType.Reconfig);
        for (var i = 0; i < 10; i++)
        {
            HandResponse(end, end.Tsn, ReconfigResult.InProgress);
            end.Drain().ShouldBeEmpty();
            end.Now = end.Association.NextDeadline;
            end.Advance(0);
            end.DrainChunk(SctpChunkType.Reconfig).ShouldBe(first);
        }

        HandResponse(end, end.Tsn, ReconfigResult.Performed);
        end.Events.OfType<SctpEvent.StreamsReset>().Count().ShouldBe(1);
        end.Association.ResetStream(6, end.Now);
        ReadRequest(end.DrainChunk(SctpChunkType.Reconfig)).Sequence.ShouldBe(end.Tsn + 1);
    }

    [Fact]
    public void A_request_without_answer_is_repeated_and_ends_the_association_at_last()
    {
        var end = new SctpEnd(new() { MaximumRetransmissions = 2 });
        end.Association.ResetStream(5, end.Now);
        for (var i = 0; i < 3; i++)
        {
            end.DrainText().ShouldBe(["Reconfig"]);
            end.Now = end.Association.NextDeadline;
            end.Advance(0);
        }

        end.Events.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.PeerUnreachable, SctpCause.None));
    }

    [Fact]
    public void A_peers_reset_waits_for_the_data_before_it()
    {
        var end = new SctpEnd();
        end.HandData(First, [1], stream: 5);
        end.HandData(First + 2, [3], stream: 5, sequence: 2);
        end.Drain();
        HandRequest(end, First, First + 2, 5);
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First, ReconfigResult.InProgress));
        end.Events.OfType<SctpEvent.StreamsReset>().ShouldBeEmpty();
        end.HandData(First + 1, [2], stream: 5, sequence: 1);
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First, ReconfigResult.Performed));
        end.Events.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(3);
        var reset = end.Events[^1].ShouldBeOfType<SctpEvent.StreamsReset>();
        reset.ByPeer.ShouldBeTrue();
        reset.Streams.ShouldBe([(ushort)5]);

        HandRequest(end, First, First + 2, 5); // its answer was lost
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First, ReconfigResult.Performed));
        end.Events.OfType<SctpEvent.StreamsReset>().Count().ShouldBe(1);
        end.HandData(First + 3, [4], stream: 5, sequence: 0);
        end.Events.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(4);
    }

    [Fact]
    public void A_peer_may_ask_again_under_a_new_number_as_Chromium_does()
    {
        var end = new SctpEnd();
        HandRequest(end, First, First, 5);
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First, ReconfigResult.InProgress));
        HandRequest(end, First + 1, First, 5);
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First + 1, ReconfigResult.InProgress));
        end.HandData(First, [1], stream: 5);
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First + 1, ReconfigResult.Performed));
        HandRequest(end, First + 7, First, 5);
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First + 7, ReconfigResult.BadSequenceNumber));
    }

    [Fact]
    public void Requests_of_other_kinds_are_answered()
    {
        var end = new SctpEnd();
        end.Association.Send(4, 53, [1], default, end.Now);
        end.Drain();
        end.HandSack(end.Tsn);
        HandParameter(end, 14, First, [0, 4]);            // reset your stream 4
        var packets = end.Drain();
        packets.Select(packet => PacketText.Of(packet)).ShouldBe(["Reconfig+Reconfig"]);
        HandParameter(end, 15, First + 1, []);            // reset all numbers
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First + 1, ReconfigResult.Denied));
        HandParameter(end, 17, First + 2, [0, 1, 0, 0]);  // more streams
        ReadResponse(end.DrainChunk(SctpChunkType.Reconfig)).ShouldBe((First + 2, ReconfigResult.Denied));
    }

    [Fact]
    public void Towards_a_peer_without_resets_it_is_done_at_once_on_our_side()
    {
        var end = new SctpEnd(resets: false);
        end.Association.ResetStream(5, end.Now);
        end.Drain().ShouldBeEmpty();
        end.TakeEvents();
        end.Events.ShouldHaveSingleItem().ShouldBeOfType<SctpEvent.StreamsReset>();
    }

    [Fact]
    public void Streams_are_reset_and_used_again_under_loss()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var pair = new SctpPair(seed).Started();
            pair.ForBoth(link => { link.Loss = 0.2; link.Jitter = TimeSpan.FromMilliseconds(10); link.Duplication = 0.1; });
            for (var round = 0; round < 4; round++)
            {
                for (byte i = 0; i < 10; i++)
                {
                    pair.A.Send(1, 53, [(byte)round, i], default, pair.Now).ShouldBe(SendResult.Accepted);
                }

                pair.A.ResetStream(1, pair.Now);
                var expected = round + 1;
                pair.RunUntil(() => pair.EventsOfA.OfType<SctpEvent.StreamsReset>().Count() == expected);
            }

            pair.MessagesAtB.Select(message => (message[0] * 10) + message[1]).ShouldBe(Enumerable.Range(0, 40));
            pair.EventsOfB.OfType<SctpEvent.StreamsReset>().Count().ShouldBe(4);
        }
    }

    private static void HandRequest(SctpEnd end, uint sequence, uint lastTsn, params ushort[] streams) =>
        end.Hand((ref PacketWriter writer) =>
            ResetRequest.Write(writer.AddChunk(SctpChunkType.Reconfig, 0, 16 + (2 * streams.Length)), sequence, 0, lastTsn, streams));

    private static void HandResponse(SctpEnd end, uint sequence, ReconfigResult result) =>
        end.Hand((ref PacketWriter writer) =>
            new ReconfigResponse(sequence, result).Write(writer.AddChunk(SctpChunkType.Reconfig, 0, ReconfigResponse.Size)));

    private static void HandParameter(SctpEnd end, ushort type, uint sequence, byte[] rest)
    {
        byte[] value = [(byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence, .. rest];
        end.Hand((ref PacketWriter writer) =>
            InitChunk.WriteParameter(writer.AddChunk(SctpChunkType.Reconfig, 0, (4 + value.Length + 3) & ~3), (SctpParameterType)type, value));
    }

    private static (uint Sequence, uint Response, uint LastTsn, string Streams) ReadRequest(byte[] chunk)
    {
        var reader = new ParameterReader(new Chunk(chunk).Value);
        reader.MoveNext().ShouldBeTrue();
        ResetRequest.TryRead(reader.Current, out var request).ShouldBeTrue();
        var streams = new List<ushort>();
        for (var i = 0; i < request.StreamCount; i++)
        {
            streams.Add(request.Stream(i));
        }

        return (request.RequestSequence, request.ResponseSequence, request.LastAssignedTsn, string.Join(',', streams));
    }

    private static (uint Sequence, ReconfigResult Result) ReadResponse(byte[] chunk)
    {
        var reader = new ParameterReader(new Chunk(chunk).Value);
        reader.MoveNext().ShouldBeTrue();
        ReconfigResponse.TryRead(reader.Current, out var response).ShouldBeTrue();
        return (response.Sequence, response.Result);
    }
}
