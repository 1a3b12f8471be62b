using System.Security.Cryptography;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>Whole transfers in virtual time: rates, windows, large messages.</summary>
public class SctpFlowTests
{
    [Fact]
    public void A_message_of_16_MiB_arrives_whole()
    {
        var pair = new SctpPair(options: new() { MaximumMessageSize = 16 << 20 }).Started();
        pair.ForBoth(link => link.Loss = 0.01);
        var payload = new byte[16 << 20];
        new SeededRandom(3).Fill(payload);
        pair.A.Send(0, 53, payload, default, pair.Now).ShouldBe(SendResult.Accepted);
        pair.A.Send(0, 53, [1], default, pair.Now).ShouldBe(SendResult.BufferFull);
        pair.RunUntil(() => pair.MessagesAtB.Any());
        SHA256.HashData(pair.MessagesAtB.Single()).ShouldBe(SHA256.HashData(payload));
        pair.RunUntil(() => pair.EventsOfA.OfType<SctpEvent.SendBufferDrained>().Any());
    }

    [Fact]
    public void A_message_larger_than_the_receiver_allows_ends_the_association()
    {
        var pair = new SctpPair(optionsB: new() { MaximumIncomingMessageSize = 100_000 }).Started();
        pair.A.Send(0, 53, new byte[100_001], default, pair.Now);
        pair.RunUntil(() => pair.B.IsClosed && pair.A.IsClosed);
        pair.EventsOfB.OfType<SctpEvent.Closed>().Single().Reason.ShouldBe(SctpCloseReason.ProtocolViolation);
        pair.EventsOfA.OfType<SctpEvent.Closed>().Single().ShouldBe(new(SctpCloseReason.PeerAborted, SctpCause.OutOfResource));
    }

    [Theory]
    [InlineData(100, 0.0, 85)]
    [InlineData(100, 0.01, 75)]
    [InlineData(10, 0.0, 8.5)]
    [InlineData(10, 0.01, 7.5)]
    public void Goodput_stays_near_the_rate_at_20_ms_and_1_percent_loss(double megabits, double loss, double expected)
    {
        var pair = new SctpPair().Started();
        pair.ForBoth(link =>
        {
            link.Loss = loss;
            link.Rate = megabits * 1e6;
            link.QueueBytes = (int)(megabits * 1e6 / 8 * 0.02);
        });
        pair.TakesEvents = false;
        var message = new byte[16_384];
        long received = 0;
        pair.OnStep = () =>
        {
            while (pair.A.Send(0, 53, message, default, pair.Now) == SendResult.Accepted)
            {
            }

            while (pair.B.TryTakeEvent(out var happened))
            {
                received += happened is SctpEvent.MessageReceived arrived ? arrived.Payload.Length : 0;
            }
        };
        pair.RunFor(5000);
        (received * 8 / 5.0 / 1e6).ShouldBeGreaterThan(expected);
        pair.A.Stats.Timeouts.ShouldBe(0);
    }

    [Fact]
    public void A_full_queue_is_left_alone()
    {
        // A drop-tail queue of one round trip: the standing queue stays below it and the loss below 2 %.
        var pair = new SctpPair().Started();
        pair.AToB.Rate = 50e6;
        pair.AToB.QueueBytes = 125_000;
        pair.TakesEvents = false;
        pair.OnStep = () =>
        {
            while (pair.A.Send(0, 53, new byte[16_384], default, pair.Now) == SendResult.Accepted)
            {
            }

            while (pair.B.TryTakeEvent(out _))
            {
            }
        };
        pair.RunFor(10_000);
        pair.A.Stats.CongestionEvents.ShouldBeInRange(1, 40);
        ((double)pair.AToB.Dropped / pair.AToB.Sent).ShouldBeLessThan(0.02);
        pair.A.Stats.CongestionWindow.ShouldBeLessThan(400_000);
    }

    [Fact]
    public void Packets_are_paced_over_the_round_trip()
    {
        var pair = new SctpPair().Started();
        pair.ForBoth(link => link.Delay = TimeSpan.FromMilliseconds(50));
        pair.A.Send(0, 53, new byte[260_000], default, pair.Now);
        var times = new List<long>();
        pair.AToB.Drops = packet => { times.Add(pair.Now.Ticks / TimeSpan.TicksPerMillisecond); return false; };
        pair.RunUntil(() => pair.A.BufferedAmount == 0);
        times.GroupBy(time => time).Max(group => group.Count()).ShouldBeLessThanOrEqualTo(14);
    }

    [Fact]
    public void A_small_receive_window_is_never_overrun()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var pair = new SctpPair(seed, new() { ReceiveWindow = 20_000 }).Started();
            pair.ForBoth(link => { link.Loss = 0.05; link.Jitter = TimeSpan.FromMilliseconds(8); });
            for (var i = 0; i < 300; i++)
            {
                pair.A.Send((ushort)(i % 2), 53, new byte[1 + (i * 31 % 3000)], default, pair.Now);
            }

            pair.RunUntil(() => pair.A.BufferedAmount == 0, 300);
            pair.MessagesAtB.Count().ShouldBe(300);
        }
    }

    [Fact]
    public void Both_directions_carry_data_at_once()
    {
        var pair = new SctpPair().Started();
        pair.ForBoth(link => { link.Loss = 0.02; link.Rate = 50e6; });
        for (var i = 0; i < 50; i++)
        {
            pair.A.Send(0, 53, new byte[50_000], default, pair.Now);
            pair.B.Send(0, 53, new byte[50_000], default, pair.Now);
        }

        pair.RunUntil(() => pair.A.BufferedAmount == 0 && pair.B.BufferedAmount == 0, 10);
        pair.MessagesAtB.Count().ShouldBe(50);
        pair.EventsOfA.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(50);
    }
}
