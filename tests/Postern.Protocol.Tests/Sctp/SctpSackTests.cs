using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

/// <summary>The receiving half, chunk by chunk.</summary>
public class SctpSackTests
{
    private static readonly uint First = SctpEnd.PeerTsn;

    [Fact]
    public void Every_second_packet_is_acknowledged_at_once_and_a_single_one_after_200_ms()
    {
        var end = new SctpEnd();
        end.HandData(First, [1]);
        end.Drain().ShouldBeEmpty();
        end.HandData(First + 1, [1], sequence: 1);
        end.DrainText().ShouldBe(["Sack"]);
        end.HandData(First + 2, [1], sequence: 2);
        end.Drain().ShouldBeEmpty();
        end.Advance(199);
        end.Drain().ShouldBeEmpty();
        end.Advance(1);
        SackChunk.TryRead(new(end.DrainChunk(SctpChunkType.Sack)), out var sack).ShouldBeTrue();
        sack.CumulativeTsn.ShouldBe(First + 2);
        sack.GapCount.ShouldBe(0);
    }

    [Fact]
    public void The_I_bit_is_answered_at_once()
    {
        var end = new SctpEnd();
        end.HandData(First, [1], DataChunk.BeginFlag | DataChunk.EndFlag | DataChunk.ImmediateFlag);
        end.DrainText().ShouldBe(["Sack"]);
    }

    [Fact]
    public void Gaps_and_duplicates_are_told_at_once()
    {
        var end = new SctpEnd();
        end.HandData(First, [1]);
        end.HandData(First + 2, [1], sequence: 2);
        end.HandData(First + 3, [1], sequence: 3);
        end.HandData(First + 6, [1], sequence: 6);
        end.HandData(First + 2, [1], sequence: 2);
        SackChunk.TryRead(new(end.DrainChunk(SctpChunkType.Sack)), out var sack).ShouldBeTrue();
        sack.CumulativeTsn.ShouldBe(First);
        sack.GapCount.ShouldBe(2);
        sack.Gap(0).ShouldBe((2, 3));
        sack.Gap(1).ShouldBe((6, 6));
        sack.DuplicateCount.ShouldBe(1);
        sack.Duplicate(0).ShouldBe(First + 2);

        end.HandData(First + 1, [1], sequence: 1); // fills the first gap
        SackChunk.TryRead(new(end.DrainChunk(SctpChunkType.Sack)), out var filled).ShouldBeTrue();
        filled.CumulativeTsn.ShouldBe(First + 3);
        filled.Gap(0).ShouldBe((3, 3));
        end.Events.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(4);
    }

    [Fact]
    public void Fragments_make_a_message_in_any_order_of_arrival()
    {
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (var order in orders)
        {
            var end = new SctpEnd();
            foreach (var i in order)
            {
                var flags = i == 0 ? DataChunk.BeginFlag : i == 2 ? DataChunk.EndFlag : (byte)0;
                end.HandData(First + (uint)i, [(byte)i, (byte)i], flags);
            }

            end.Events.OfType<SctpEvent.MessageReceived>().Single().Payload.ToArray().ShouldBe([0, 0, 1, 1, 2, 2]);
        }
    }

    [Fact]
    public void A_whole_message_behind_a_gap_is_handed_up_where_its_stream_allows()
    {
        var end = new SctpEnd();
        end.HandData(First + 1, [1], DataChunk.BeginFlag, stream: 1);
        end.HandData(First + 2, [2], DataChunk.EndFlag, stream: 1);
        end.HandData(First + 3, [3], DataChunk.BeginFlag | DataChunk.EndFlag | DataChunk.UnorderedFlag, stream: 0);
        end.HandData(First + 4, [4], stream: 0, sequence: 1); // waits for 0
        var messages = end.Events.OfType<SctpEvent.MessageReceived>().Select(message => Convert.ToHexString(message.Payload.Span)).ToList();
        messages.ShouldBe(["0102", "03"]);
        end.HandData(First, [0]);
        end.Events.OfType<SctpEvent.MessageReceived>().Select(message => Convert.ToHexString(message.Payload.Span)).ShouldBe(["0102", "03", "00", "04"]);
    }

    [Fact]
    public void Serial_numbers_wrap()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 70_000; i++)
        {
            end.HandData(First + (uint)i, [1], sequence: (ushort)i);
            end.Drain();
        }

        end.Events.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(70_000);
    }

    [Fact]
    public void A_chunk_without_user_data_ends_the_association()
    {
        var end = new SctpEnd();
        end.HandData(First, []);
        end.Events.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.ProtocolViolation, SctpCause.NoUserData));
        ErrorCause.First(new(end.DrainChunk(SctpChunkType.Abort))).ShouldBe(SctpCause.NoUserData);
    }

    [Fact]
    public void A_stream_that_does_not_exist_is_reported_and_acknowledged()
    {
        var end = new SctpEnd(new() { Streams = 10 });
        end.HandData(First, [1], stream: 10);
        end.HandData(First + 1, [1], stream: 9);
        end.DrainText().ShouldBe(["Error+Sack"]);
        end.Events.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(1);
    }

    [Fact]
    public void What_the_application_withholds_narrows_the_window_and_releasing_it_tells_the_peer()
    {
        var end = new SctpEnd(new() { ReceiveWindow = 100_000 });
        end.Association.Withhold(100_000, end.Now);
        end.HandData(First, [1]);
        SackChunk.TryRead(new(end.DrainChunk(SctpChunkType.Sack)), out var closed).ShouldBeTrue();
        closed.ReceiveWindow.ShouldBe(0u);
        closed.CumulativeTsn.ShouldBe(First - 1);
        end.Association.Stats.ChunksDropped.ShouldBe(1);
        end.Association.Withhold(0, end.Now);
        SackChunk.TryRead(new(end.DrainChunk(SctpChunkType.Sack)), out var open).ShouldBeTrue();
        open.ReceiveWindow.ShouldBe(100_000u);
    }

    [Fact]
    public void Heartbeats_are_answered_with_what_they_carried()
    {
        var end = new SctpEnd();
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Heartbeat, 0, [0, 1, 0, 7, 1, 2, 3]));
        end.DrainChunk(SctpChunkType.HeartbeatAck).ShouldBe([5, 0, 0, 11, 0, 1, 0, 7, 1, 2, 3]);
    }

    [Fact]
    public void Unknown_chunks_are_reported_or_skipped_as_their_type_says()
    {
        var end = new SctpEnd();
        end.Hand((ref PacketWriter writer) =>
        {
            writer.AddChunk((SctpChunkType)0xBF, 0, [1]);                 // skipped in silence
            writer.AddChunk((SctpChunkType)0xFF, 0, [2]);                 // reported, skipped
            DataChunk.Write(ref writer, 3, First, 0, 0, 53, 1);
            writer.AddChunk((SctpChunkType)0x7F, 0, [3]);                 // reported, stops
            DataChunk.Write(ref writer, 3, First + 1, 0, 1, 53, 1);
        });
        end.Events.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(1);
        end.DrainChunk(SctpChunkType.Error).ShouldBe([9, 0, 0, 13, 0, 6, 0, 9, 0xFF, 0, 0, 5, 2]);
        end.Association.IsEstablished.ShouldBeTrue();
    }
}
