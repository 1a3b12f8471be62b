using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

/// <summary>The sending half, chunk by chunk.</summary>
public class SctpSendTests
{
    private static readonly byte[] Full = new byte[1132]; // a fragment that fills a packet of 1,163 bytes

    [Fact]
    public void Small_messages_share_a_packet_and_large_ones_are_cut_to_fill_it()
    {
        var end = new SctpEnd();
        end.Association.Send(0, 53, new byte[20], default, end.Now);
        end.Association.Send(1, 53, new byte[21], default, end.Now);
        end.Association.Send(0, 53, new byte[2500], default, end.Now);
        var packets = end.Drain();
        packets.Select(packet => PacketText.Of(packet)).ShouldBe(["Data+Data", "Data", "Data", "Data"]);
        packets.Max(packet => packet.Length).ShouldBe(1160);
        var chunks = packets.SelectMany(packet => PacketText.DataOf(packet)).ToList();
        chunks.Select(chunk => chunk.Tsn - end.Tsn).ShouldBe([0u, 1u, 2u, 3u, 4u]);
        chunks.Select(chunk => chunk.Length).ShouldBe([20, 21, 1132, 1132, 236]);
        chunks.Select(chunk => chunk.Flags).ShouldBe([(byte)3, (byte)3, (byte)2, (byte)0, (byte)(DataChunk.EndFlag | DataChunk.ImmediateFlag)]);
    }

    [Fact]
    public void Streams_take_turns_message_by_message()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 3; i++)
        {
            end.Association.Send(1, 53, new byte[100], default, end.Now);
        }

        end.Association.Send(2, 53, new byte[7], default, end.Now);
        end.Drain().SelectMany(packet => PacketText.DataOf(packet)).Select(chunk => chunk.Length).ShouldBe([100, 7, 100, 100]);
    }

    [Fact]
    public void A_delayed_acknowledgement_rides_with_data()
    {
        var end = new SctpEnd();
        end.HandData(SctpEnd.PeerTsn, [1]);
        end.Drain().ShouldBeEmpty();
        end.Association.Send(0, 53, [1], default, end.Now);
        end.DrainText().ShouldBe(["Sack+Data"]);
    }

    [Fact]
    public void The_initial_window_is_ten_packets()
    {
        var end = new SctpEnd();
        end.Association.Send(0, 53, new byte[100_000], default, end.Now);
        end.Drain().Count.ShouldBe(10);
        end.Advance(20);
        end.HandSack(end.Tsn + 1);
        end.Drain().Count.ShouldBe(4); // slow start: two acknowledged, two more
    }

    [Fact]
    public void A_hole_is_sent_again_when_later_chunks_have_arrived()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 8; i++)
        {
            end.Association.Send(0, 53, Full, default, end.Now);
        }

        end.Drain().Count.ShouldBe(8);
        end.Advance(20);
        end.HandSack(end.Tsn, gaps: [(2, 2)]);
        end.Drain().ShouldBeEmpty();
        end.HandSack(end.Tsn, gaps: [(2, 3)]);
        end.Drain().ShouldBeEmpty();
        end.HandSack(end.Tsn, gaps: [(2, 4)]); // three beyond the hole (RFC 8985 §6.2, DupThresh)
        var again = end.Drain().SelectMany(packet => PacketText.DataOf(packet)).ToList();
        again.Select(chunk => chunk.Tsn - end.Tsn).ShouldBe([1u]);
        end.Association.Stats.Timeouts.ShouldBe(0);
    }

    [Fact]
    public void A_hole_younger_than_the_reordering_window_waits_for_it()
    {
        var end = new SctpEnd();
        end.Association.Send(0, 53, Full, default, end.Now);
        end.Association.Send(0, 53, Full, default, end.Now);
        end.Drain();
        end.Advance(20);
        end.HandSack(end.Tsn - 1, gaps: [(2, 2)]);
        end.Drain().ShouldBeEmpty();
        end.Association.NextDeadline.ShouldBe(end.Now + TimeSpan.FromMilliseconds(5)); // a quarter of the round trip
        end.Advance(5);
        PacketText.DataOf(end.Drain().Single()).Single().Tsn.ShouldBe(end.Tsn);
    }

    [Fact]
    public void A_chunk_beyond_a_list_of_gaps_that_may_be_cut_off_is_not_sent_again()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 120; i++)
        {
            end.Association.Send(0, 53, new byte[20], default, end.Now);
        }

        end.Drain().SelectMany(packet => PacketText.DataOf(packet)).Count().ShouldBe(120);
        var twentyGaps = Enumerable.Range(1, 20).Select(i => (2 * i, 2 * i)).ToArray();
        end.Advance(20);
        end.HandSack(end.Tsn - 1, gaps: twentyGaps);
        Resent().ShouldBe(Enumerable.Range(0, 20).Select(i => 2 * i));
        end.Advance(20);
        end.HandSack(end.Tsn + 39, gaps: twentyGaps); // the repaired ones arrived, and nothing is said of 80 and beyond
        Resent().ShouldBe(Enumerable.Range(20, 20).Select(i => 2 * i));
        end.Advance(20);
        end.HandSack(end.Tsn + 79, gaps: [(2, 40)]);  // now something is: 80 is missing, the others are there
        Resent().ShouldBe([80]);
        end.HandSack(end.Tsn + 119);
        end.Association.BufferedAmount.ShouldBe(0);

        IEnumerable<int> Resent() => end.Drain().SelectMany(packet => PacketText.DataOf(packet)).Select(chunk => (int)(chunk.Tsn - end.Tsn));
    }

    [Fact]
    public void The_last_chunk_is_probed_after_two_round_trips()
    {
        var end = new SctpEnd(new() { RoundTrip = TimeSpan.FromMilliseconds(20) });
        end.Association.Send(0, 53, [1], default, end.Now);
        end.Drain();
        end.Association.NextDeadline.ShouldBe(end.Now + TimeSpan.FromMilliseconds(44));
        end.Advance(44);
        PacketText.DataOf(end.Drain().Single()).Single().Flags.ShouldBe((byte)(3 | DataChunk.ImmediateFlag));
        end.Association.Stats.TailProbes.ShouldBe(1);
        end.Advance(200); // the timeout, counted from the probe
        end.Drain().Count.ShouldBe(1);
        end.Association.Stats.Timeouts.ShouldBe(1);
    }

    [Fact]
    public void Timeouts_double_and_the_eleventh_ends_the_association()
    {
        var end = new SctpEnd(new() { MaximumRto = TimeSpan.FromSeconds(60) });
        end.Association.Send(0, 53, [1], default, end.Now);
        end.Drain();
        var waits = new List<double>();
        var before = end.Now;
        while (!end.Association.IsClosed)
        {
            end.Now = end.Association.NextDeadline;
            end.Advance(0);
            if (end.Association.Stats.Timeouts > waits.Count) // the heartbeat's alarm rings in between
            {
                waits.Add((end.Now - before).TotalSeconds);
                before = end.Now;
            }

            end.Drain();
        }

        waits.ShouldBe([0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
        end.Events.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.PeerUnreachable, SctpCause.None));
    }

    [Fact]
    public void A_closed_window_is_probed_for_ever_and_its_opening_sends_at_once()
    {
        var end = new SctpEnd(window: 1132);
        end.Association.Send(0, 53, Full, default, end.Now);
        end.Association.Send(0, 53, Full, default, end.Now);
        end.Drain().Count.ShouldBe(1);
        end.Advance(20);
        end.HandSack(end.Tsn, window: 0);
        end.Drain().Count.ShouldBe(1); // one chunk beyond the window (RFC 9260 §6.1 A)
        for (var i = 0; i < 50; i++)
        {
            end.Now = end.Association.NextDeadline;
            end.Advance(0);
            if (end.Drain().SelectMany(packet => PacketText.DataOf(packet)).Any())
            {
                end.HandSack(end.Tsn, window: 0);
                end.Drain().ShouldBeEmpty();
            }
        }

        end.Association.IsClosed.ShouldBeFalse();
        end.HandSack(end.Tsn, window: 50_000);
        PacketText.DataOf(end.Drain().Single()).Single().Tsn.ShouldBe(end.Tsn + 1);
    }

    [Fact]
    public void What_the_peer_takes_back_is_sent_again()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 6; i++)
        {
            end.Association.Send(0, 53, Full, default, end.Now);
        }

        end.Drain();
        end.Advance(20);
        end.HandSack(end.Tsn - 1, gaps: [(2, 6)]);
        end.Drain().Count.ShouldBe(1);
        end.Advance(20);
        end.HandSack(end.Tsn, gaps: []); // 2 to 6 had been acknowledged in a gap block; now the second is missing
        end.Drain().SelectMany(packet => PacketText.DataOf(packet)).Select(chunk => chunk.Tsn - end.Tsn).ShouldBe([1u, 2u, 3u, 4u, 5u]);
    }

    [Fact]
    public void Acknowledgements_of_the_past_and_of_the_future_are_ignored()
    {
        var end = new SctpEnd();
        end.Association.Send(0, 53, Full, default, end.Now);
        end.Association.Send(0, 53, Full, default, end.Now);
        end.Drain();
        end.HandSack(end.Tsn + 2);
        end.HandSack(end.Tsn + 0x8000_0000);
        end.Association.BufferedAmount.ShouldBe(2264);
        end.HandSack(end.Tsn);
        end.HandSack(end.Tsn - 1);
        end.Association.BufferedAmount.ShouldBe(1132);
        end.Association.Stats.SacksReceived.ShouldBe(1);
    }

    [Fact]
    public void An_idle_path_is_asked_for_every_30_s_and_silence_ends_the_association()
    {
        var end = new SctpEnd(new() { MaximumRetransmissions = 3 });
        end.Advance(29_999);
        end.Drain().ShouldBeEmpty();
        end.Advance(1);
        var beat = end.DrainChunk(SctpChunkType.Heartbeat);
        end.Advance(50);
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.HeartbeatAck, 0, beat.AsSpan(4)));
        end.Association.SmoothedRtt.ShouldBe(TimeSpan.FromMilliseconds(50));
        end.Advance(30_000);
        for (var i = 0; i < 4; i++)
        {
            end.DrainText().ShouldBe(["Heartbeat"]);
            end.Now = end.Association.NextDeadline;
            end.Advance(0);
        }

        end.Events.OfType<SctpEvent.Closed>().Single().Reason.ShouldBe(SctpCloseReason.PeerUnreachable);
    }

    [Fact]
    public void A_full_send_buffer_refuses_and_tells_when_half_of_it_is_free()
    {
        var end = new SctpEnd(new() { SendBuffer = 11_000 }, window: 1 << 20);
        for (var i = 0; i < 9; i++)
        {
            end.Association.Send(0, 53, Full, default, end.Now).ShouldBe(SendResult.Accepted);
        }

        end.Association.Send(0, 53, [1], default, end.Now).ShouldBe(SendResult.BufferFull);
        end.Association.Send(0, 53, new byte[262_145], default, end.Now).ShouldBe(SendResult.TooLarge);
        end.Association.MaximumMessageSize = 65_536; // its description came
        end.Association.Send(0, 53, new byte[65_537], default, end.Now).ShouldBe(SendResult.TooLarge);
        end.Drain().Count.ShouldBe(9);
        end.HandSack(end.Tsn + 3);
        end.Events.ShouldBeEmpty();
        end.HandSack(end.Tsn + 4);
        end.Events.ShouldHaveSingleItem().ShouldBeOfType<SctpEvent.SendBufferDrained>();
        end.Association.Send(0, 53, [1], default, end.Now).ShouldBe(SendResult.Accepted);
    }

    [Fact]
    public void Many_small_messages_fill_the_send_buffer_too()
    {
        var end = new SctpEnd(new() { SendBuffer = 1 << 20 });
        var accepted = 0;
        while (end.Association.Send(0, 53, [1], default, end.Now) == SendResult.Accepted)
        {
            accepted++;
        }

        accepted.ShouldBeInRange(8000, 8200); // 128 bytes each beside their one
    }

    [Fact]
    public void A_stream_that_the_peer_does_not_have_is_refused()
    {
        var end = new SctpEnd(); // the peer takes 100 streams
        end.Association.Send(99, 53, [1], default, end.Now).ShouldBe(SendResult.Accepted);
        end.Association.Send(100, 53, [1], default, end.Now).ShouldBe(SendResult.Closed);
        Should.Throw<ArgumentOutOfRangeException>(() => end.Association.Send(0, 53, [], default, end.Now));
    }
}
