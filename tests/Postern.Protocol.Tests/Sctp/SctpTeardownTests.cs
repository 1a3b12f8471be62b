using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

public class SctpTeardownTests
{
    [Fact]
    public void Shutdown_waits_for_all_data_and_takes_three_packets()
    {
        var pair = new SctpPair().Started();
        var forth = new List<string>();
        pair.AToB.Drops = packet => { forth.Add(PacketText.Of(packet)); return false; };
        pair.A.Send(0, 53, new byte[3000], default, pair.Now);
        pair.A.Shutdown(pair.Now);
        pair.A.Send(0, 53, [1], default, pair.Now).ShouldBe(SendResult.Closed);
        pair.RunUntil(() => pair.A.IsClosed && pair.B.IsClosed, 1);
        forth.ShouldBe(["Data", "Data", "Data", "Shutdown", "ShutdownComplete"]);
        pair.MessagesAtB.Single().Length.ShouldBe(3000);
        pair.EventsOfA[^1].ShouldBe(new SctpEvent.Closed(SctpCloseReason.Shutdown, SctpCause.None));
        pair.EventsOfB[^1].ShouldBe(new SctpEvent.Closed(SctpCloseReason.Shutdown, SctpCause.None));
    }

    [Fact]
    public void Both_may_shut_down_at_once_and_under_loss()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            var pair = new SctpPair(seed).Started();
            pair.ForBoth(link => { link.Loss = 0.3; link.Jitter = TimeSpan.FromMilliseconds(20); });
            for (byte i = 0; i < 20; i++)
            {
                pair.A.Send(0, 53, [i], default, pair.Now);
                pair.B.Send(0, 53, [i], default, pair.Now);
            }

            pair.A.Shutdown(pair.Now);
            if (seed % 2 == 0)
            {
                pair.B.Shutdown(pair.Now);
            }

            pair.RunUntil(() => pair.A.IsClosed && pair.B.IsClosed, 300);
            pair.MessagesAtB.Count().ShouldBe(20);
            pair.EventsOfA.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(20);
            pair.EventsOfA.OfType<SctpEvent.Closed>().Count().ShouldBe(1);
            pair.EventsOfB.OfType<SctpEvent.Closed>().Count().ShouldBe(1);
        }
    }

    [Fact]
    public void Abort_ends_both_at_once_even_when_it_is_lost()
    {
        var pair = new SctpPair().Started();
        pair.AToB.Drops = packet => PacketText.Of(packet) == "Abort" && pair.AToB.Sent == 1;
        pair.A.Abort();
        pair.RunFor(20);
        pair.EventsOfA[^1].ShouldBe(new SctpEvent.Closed(SctpCloseReason.Aborted, SctpCause.UserInitiatedAbort));
        pair.B.IsClosed.ShouldBeFalse();
        pair.B.Send(0, 53, [1], default, pair.Now);
        pair.RunFor(20); // out of the blue: answered with ABORT (RFC 9260 §8.4)
        pair.RunFor(20);
        pair.EventsOfB[^1].ShouldBeOfType<SctpEvent.Closed>().Reason.ShouldBe(SctpCloseReason.PeerAborted);
        pair.A.NextDeadline.ShouldBe(Protocol.Net.Instant.Never);
        pair.B.NextDeadline.ShouldBe(Protocol.Net.Instant.Never);
        pair.A.Send(0, 53, [1], default, pair.Now).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public void An_ABORT_tells_its_cause_and_may_reflect_our_tag()
    {
        var end = new SctpEnd();
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Abort, 1, [0, 4, 0, 4]), tag: end.Tag + 1).ShouldBeFalse();
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Abort, 1, [0, 4, 0, 4]), tag: SctpEnd.PeerTag).ShouldBeTrue();
        end.Events.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.PeerAborted, SctpCause.OutOfResource));
    }

    [Fact]
    public void A_shutdown_before_anything_was_sent_closes()
    {
        var end = new SctpEnd(start: false);
        end.Association.Shutdown(end.Now);
        end.Drain().ShouldBeEmpty();
        end.Events.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.Shutdown, SctpCause.None));
    }
}
