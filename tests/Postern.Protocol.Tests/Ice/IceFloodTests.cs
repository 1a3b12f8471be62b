using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

public class IceFloodTests
{
    [Fact]
    public void Checks_from_random_addresses_do_not_grow_the_agent()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled });
        script.Connect();
        var random = new SeededRandom(5);
        var request = script.Request(IceRole.Controlling);
        for (var i = 0; i < 5000; i++)
        {
            script.Hear(request, new(IpAddress.FromV4(random.NextUInt32() | 1), (ushort)random.Next(1, 65536))).ShouldBeTrue();
            script.Take();
            script.Events.Clear();
            script.Now += TimeSpan.FromMilliseconds(1);
        }

        script.Agent.Pairs.Count.ShouldBe(17);
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(IceScript.Remote);
        script.Agent.Stats.ResponsesSent.ShouldBe(5000);
        script.Agent.Stats.RequestsSent.ShouldBeLessThan(5000 / 20 + 20); // one new check every Ta, whoever knocks
    }

    [Fact]
    public void Forged_checks_and_answers_cost_nothing_but_their_verification()
    {
        var script = new IceScript();
        script.Connect();
        script.Take();
        var forged = script.Request(password: "a-password-that-is-wrong");
        var before = script.Agent.Stats.RequestsSent;
        for (var i = 0; i < 1000; i++)
        {
            script.Hear(forged, new(IpAddress.FromV4(0x0A000000u + (uint)i), 1));
            script.TakeOne().Bytes.Length.ShouldBeLessThanOrEqualTo(forged.Length); // no answer larger than its request
        }

        script.Agent.Pairs.Count.ShouldBe(1);
        script.Agent.Stats.RequestsSent.ShouldBe(before);
        script.Agent.Stats.Unverified.ShouldBe(1000);
    }

    [Fact]
    public void A_caller_that_does_not_drain_meets_a_bound()
    {
        var script = new IceScript();
        script.Connect();
        var request = script.Request();
        for (var i = 0; i < 5000; i++)
        {
            script.Hear(request);
        }

        script.Take().Count.ShouldBe(512);
        script.Agent.Stats.TurnedAway.ShouldBeGreaterThan(4000);
    }

    [Fact]
    public void Answering_a_check_and_a_keep_alive_round_allocate_nothing()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled, Renomination = true });
        script.Connect();
        var request = script.Request(IceRole.Controlling);
        var buffer = new byte[2048];
        var consent = new byte[2048];
        for (var i = 0; i < 3; i++)
        {
            Round(measure: false);
        }

        Round(measure: true);

        void Round(bool measure)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10; i++)
            {
                script.Agent.HandleDatagram(request, IceScript.Remote, IceScript.Local, script.Now);
                while (script.Agent.TryTransmit(buffer, out _))
                {
                }
            }

            var length = 0;
            while (length == 0)
            {
                script.Now = Instant.Max(script.Now, script.Agent.NextDeadline);
                script.Agent.HandleDeadline(script.Now);
                while (script.Agent.TryTransmit(consent, out var transmit))
                {
                    length = transmit.Length;
                }
            }

            script.Agent.NotePacketSent(IceScript.Local, IceScript.Remote, script.Now);
            script.Agent.NotePacketReceived(IceScript.Remote, IceScript.Local, script.Now);
            _ = script.Agent.SelectedPath;
            var ours = GC.GetAllocatedBytesForCurrentThread() - before;
            var answer = length == 0 ? [] : IceScript.Answer(consent[..length]);
            before = GC.GetAllocatedBytesForCurrentThread();
            script.Agent.HandleDatagram(answer, IceScript.Remote, IceScript.Local, script.Now);
            ours += GC.GetAllocatedBytesForCurrentThread() - before;
            if (measure)
            {
                length.ShouldBeGreaterThan(0);
                ours.ShouldBe(0);
            }
        }
    }
}
