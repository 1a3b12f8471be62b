using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

public class SctpPathTests
{
    [Fact]
    public void After_a_dead_path_data_flows_within_two_round_trips_of_the_new_one()
    {
        var pair = new SctpPair().Started();
        Number(pair, 400);
        pair.RunFor(100);
        pair.ForBoth(link => { link.Clear(); link.Loss = 1; });
        pair.RunFor(5000); // the timeout has backed off to seconds
        var before = pair.MessagesAtB.Count();
        pair.ForBoth(link => { link.Loss = 0; link.Delay = TimeSpan.FromMilliseconds(5); });
        pair.A.PathChanged(TimeSpan.FromMilliseconds(10), pair.Now);
        pair.B.PathChanged(TimeSpan.FromMilliseconds(10), pair.Now);
        pair.RunFor(20);
        pair.MessagesAtB.Count().ShouldBeGreaterThan(before);
        pair.RunUntil(() => pair.A.BufferedAmount == 0, 2);
        Numbers(pair).ShouldBe(Enumerable.Range(0, 400));
    }

    [Fact]
    public void Moving_from_a_slow_path_to_a_fast_one_sends_nearly_nothing_twice()
    {
        var pair = new SctpPair().Started();
        pair.ForBoth(link => link.Delay = TimeSpan.FromMilliseconds(75));
        Number(pair, 1000);
        pair.RunFor(700);
        var retransmitted = pair.A.Stats.ChunksRetransmitted;
        pair.ForBoth(link => link.Delay = TimeSpan.FromMilliseconds(10));
        pair.A.PathChanged(null, pair.Now);
        pair.B.PathChanged(null, pair.Now);
        pair.RunUntil(() => pair.A.BufferedAmount == 0, 5);
        Numbers(pair).ShouldBe(Enumerable.Range(0, 1000));
        (pair.A.Stats.ChunksRetransmitted - retransmitted).ShouldBeLessThan(5);
        pair.A.Stats.CongestionEvents.ShouldBe(0);
        pair.A.SmoothedRtt.ShouldBeLessThan(TimeSpan.FromMilliseconds(40));
    }

    [Fact]
    public void Paths_may_change_all_the_time_under_loss()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var pair = new SctpPair(seed).Started();
            pair.ForBoth(link => { link.Loss = 0.05; link.Jitter = TimeSpan.FromMilliseconds(10); link.Duplication = 0.05; });
            Number(pair, 1500);
            for (var change = 0; change < 20; change++)
            {
                pair.RunFor(30 + (change * 7));
                pair.ForBoth(link =>
                {
                    link.Delay = TimeSpan.FromMilliseconds(5 + (change * 37 % 100));
                    if (change % 3 == 0)
                    {
                        link.Clear();
                    }
                });
                pair.A.PathChanged(change % 2 == 0 ? null : TimeSpan.FromMilliseconds(20), pair.Now);
                pair.B.PathChanged(null, pair.Now);
            }

            pair.RunUntil(() => pair.A.BufferedAmount == 0);
            Numbers(pair).ShouldBe(Enumerable.Range(0, 1500));
        }
    }

    [Fact]
    public void A_change_of_path_clears_the_errors_and_asks_the_peer_at_once()
    {
        var pair = new SctpPair(options: new() { MaximumRetransmissions = 4 }).Started();
        pair.AToB.Loss = 1;
        pair.A.Send(0, 53, [1], default, pair.Now);
        for (var i = 0; i < 5; i++)
        {
            pair.RunFor(4000);
            pair.A.IsClosed.ShouldBeFalse();
            pair.A.PathChanged(null, pair.Now);
        }

        pair.AToB.Loss = 0;
        pair.A.PathChanged(null, pair.Now);
        pair.RunFor(25);
        pair.MessagesAtB.Count().ShouldBe(1);
        pair.A.BufferedAmount.ShouldBe(0);
        pair.A.Stats.HeartbeatsSent.ShouldBe(5);
    }

    [Fact]
    public void A_change_of_path_in_mid_handshake_repeats_it_at_once()
    {
        var pair = new SctpPair();
        pair.AToB.Loss = 1;
        pair.A.Connect(pair.Now);
        pair.RunFor(3000);
        pair.AToB.Loss = 0;
        pair.A.PathChanged(TimeSpan.FromMilliseconds(20), pair.Now);
        pair.RunFor(41);
        pair.A.IsEstablished.ShouldBeTrue();
        pair.B.IsEstablished.ShouldBeTrue();
    }

    private static void Number(SctpPair pair, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[1100];
            BinaryPrimitives.WriteInt32BigEndian(payload, i);
            pair.A.Send(0, 53, payload, default, pair.Now).ShouldBe(SendResult.Accepted);
        }
    }

    private static IEnumerable<int> Numbers(SctpPair pair) => pair.MessagesAtB.Select(message => BinaryPrimitives.ReadInt32BigEndian(message));
}
