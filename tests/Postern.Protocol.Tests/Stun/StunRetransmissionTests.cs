using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Stun;

public class StunRetransmissionTests
{
    [Fact]
    public void The_defaults_give_the_times_of_RFC_8489()
    {
        Times(new(Instant.Zero, StunRetransmission.DefaultRto)).ShouldBe([0, 500, 1500, 3500, 7500, 15500, 31500, 39500]);
    }

    [Fact]
    public void Rto_Rc_and_Rm_scale_them()
    {
        Times(new(Instant.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), rc: 3, rm: 4)).ShouldBe([100, 300, 700, 1500]);
        Times(new(Instant.Zero, TimeSpan.FromMilliseconds(50), rc: 1, rm: 2)).ShouldBe([0, 100]);
    }

    [Fact]
    public void Nothing_is_due_before_its_time_and_nothing_after_the_end()
    {
        var clock = new StunRetransmission(Instant.Zero, StunRetransmission.DefaultRto, rc: 2);
        clock.TryAdvance(Instant.Zero).ShouldBeTrue();
        clock.TryAdvance(Instant.FromMilliseconds(499)).ShouldBeFalse();
        clock.NextDeadline.ShouldBe(Instant.FromMilliseconds(500));
        clock.TryAdvance(Instant.FromMilliseconds(500)).ShouldBeTrue();
        clock.TryAdvance(Instant.FromMilliseconds(500 + 8000)).ShouldBeFalse();
        clock.IsExpired.ShouldBeTrue();
        clock.TryAdvance(Instant.FromMilliseconds(100_000)).ShouldBeFalse();
        clock.Transmissions.ShouldBe(2);
    }

    [Fact]
    public void A_late_driver_delays_what_follows_instead_of_bunching_it()
    {
        var clock = new StunRetransmission(Instant.Zero, StunRetransmission.DefaultRto);
        clock.TryAdvance(Instant.FromMilliseconds(300)).ShouldBeTrue();
        clock.NextDeadline.ShouldBe(Instant.FromMilliseconds(800));
    }

    // When it sent, and last when it gave up, in milliseconds.
    private static double[] Times(StunRetransmission clock)
    {
        var times = new List<double>();
        while (!clock.IsExpired)
        {
            times.Add(clock.NextDeadline.Ticks / (double)TimeSpan.TicksPerMillisecond);
            clock.TryAdvance(clock.NextDeadline);
        }

        return [.. times];
    }
}
