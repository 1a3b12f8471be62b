using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

public class GatheringTests
{
    private static readonly Endpoint HostV4 = Endpoint.Parse("10.0.0.1:5000");
    private static readonly Endpoint HostV6 = Endpoint.Parse("[2001:db8::1]:5000");
    private static readonly Endpoint ServerV4 = Endpoint.Parse("198.51.100.1:3478");
    private static readonly Endpoint ServerV6 = Endpoint.Parse("[2001:db8:f::1]:3478");
    private static readonly Endpoint Mapped = Endpoint.Parse("203.0.113.1:61000");

    private readonly byte[] _buffer = new byte[2048];

    [Fact]
    public void Each_host_asks_the_servers_of_its_family_one_every_Ta()
    {
        var gathering = New(ServerV4, ServerV6, Endpoint.Parse("198.51.100.2:3478"));
        var now = Instant.Zero;
        gathering.AddHosts([HostV6, HostV4], now);
        var sent = new List<(double At, Endpoint From, Endpoint To)>();
        for (; now < Instant.FromMilliseconds(200); now = gathering.NextDeadline)
        {
            gathering.HandleDeadline(now);
            while (gathering.TryTransmit(_buffer, out var transmit))
            {
                sent.Add((now.Ticks / 10000.0, transmit.Source, transmit.Destination));
            }
        }

        sent.ShouldBe([(0, HostV6, ServerV6), (20, HostV4, ServerV4), (40, HostV4, Endpoint.Parse("198.51.100.2:3478"))]);
        Events(gathering).OfType<GatheringEvent.CandidateGathered>().Select(e => e.Candidate.Type).ShouldBe([CandidateType.Host, CandidateType.Host]);
        gathering.Candidates[0].Priority.ShouldBeGreaterThan(gathering.Candidates[1].Priority);
    }

    [Fact]
    public void A_server_shows_a_reflexive_candidate_and_the_end_is_told()
    {
        var gathering = New(ServerV4);
        gathering.AddHosts([HostV4], Instant.Zero);
        Answer(gathering, Mapped, Instant.FromMilliseconds(30)).ShouldBeTrue();
        var candidate = gathering.Candidates.Single(c => c.Type == CandidateType.ServerReflexive);
        candidate.ShouldSatisfyAllConditions(c => c.Address.ShouldBe(Mapped), c => c.Base.ShouldBe(HostV4), c => c.Related.ShouldBe(HostV4));
        var events = Events(gathering);
        events.OfType<GatheringEvent.ServerAnswered>().Single().RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(30));
        events[^1].ShouldBe(new GatheringEvent.Completed(2));
        gathering.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Without_a_NAT_the_mapped_address_is_no_second_candidate()
    {
        var gathering = New(ServerV4);
        gathering.AddHosts([HostV4], Instant.Zero);
        Answer(gathering, HostV4, Instant.Zero);
        gathering.Candidates.Count.ShouldBe(1);
        gathering.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void A_silent_server_is_asked_five_times_in_five_seconds_and_given_up()
    {
        var gathering = New(ServerV4);
        var now = Instant.Zero;
        var sent = new List<double>();
        for (gathering.AddHosts([HostV4], now); now != Instant.Never; now = gathering.NextDeadline)
        {
            gathering.HandleDeadline(now);
            while (gathering.TryTransmit(_buffer, out _))
            {
                sent.Add(now.Ticks / 10000.0);
            }

            if (gathering.IsCompleted)
            {
                break;
            }
        }

        sent.ShouldBe([0, 250, 750, 1750, 3750]);
        now.ShouldBe(Instant.FromMilliseconds(5000));
        gathering.Stats.RequestsSent.ShouldBe(5);
        var events = Events(gathering);
        events.ShouldContain(new GatheringEvent.ServerFailed(HostV4, ServerV4, 0));
        events[^1].ShouldBe(new GatheringEvent.Completed(1));
    }

    [Fact]
    public void An_answered_request_is_refreshed_until_a_path_is_found_and_shows_a_moved_binding()
    {
        var gathering = New(ServerV4);
        gathering.AddHosts([HostV4], Instant.Zero);
        Answer(gathering, Mapped, Instant.Zero);
        gathering.NextDeadline.ShouldBe(Instant.FromMilliseconds(15000));
        gathering.HandleDeadline(gathering.NextDeadline);
        var moved = Endpoint.Parse("203.0.113.1:61001");
        Answer(gathering, moved, Instant.FromMilliseconds(15010)).ShouldBeTrue();
        gathering.Candidates.Select(c => c.Address).ShouldBe([HostV4, Mapped, moved]);
        gathering.Stats.RequestsSent.ShouldBe(2);
        gathering.Conclude();
        gathering.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void An_answer_from_elsewhere_or_to_an_unknown_transaction_is_not_its_own()
    {
        var gathering = New(ServerV4);
        gathering.AddHosts([HostV4], Instant.Zero);
        gathering.TryTransmit(_buffer, out var transmit).ShouldBeTrue();
        StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var request);
        var answer = Answer(request, Mapped);
        gathering.HandleDatagram(answer, Endpoint.Parse("198.51.100.66:3478"), HostV4, Instant.Zero).ShouldBeFalse();
        gathering.HandleDatagram(answer, ServerV4, HostV6, Instant.Zero).ShouldBeFalse();
        gathering.HandleDatagram(_buffer.AsSpan(0, transmit.Length), ServerV4, HostV4, Instant.Zero).ShouldBeFalse();
        answer[10] ^= 1;
        gathering.HandleDatagram(answer, ServerV4, HostV4, Instant.Zero).ShouldBeFalse();
        answer[10] ^= 1;
        gathering.HandleDatagram(answer, ServerV4, HostV4, Instant.Zero).ShouldBeTrue();
        gathering.HandleDatagram(answer, ServerV4, HostV4, Instant.Zero).ShouldBeFalse();
    }

    [Fact]
    public void An_error_ends_the_question()
    {
        var gathering = New(ServerV4);
        gathering.AddHosts([HostV4], Instant.Zero);
        gathering.TryTransmit(_buffer, out var transmit).ShouldBeTrue();
        StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var request);
        var bytes = new byte[256];
        var writer = StunWriter.Respond(bytes, StunClass.Error, request);
        writer.AddErrorCode(StunErrorCode.ServerError);
        gathering.HandleDatagram(bytes.AsSpan(0, writer.Length), ServerV4, HostV4, Instant.Zero).ShouldBeTrue();
        Events(gathering).ShouldContain(new GatheringEvent.ServerFailed(HostV4, ServerV4, 500));
        gathering.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Without_servers_gathering_is_over_at_once()
    {
        var gathering = New();
        gathering.AddHosts([HostV4], Instant.Zero);
        Events(gathering)[^1].ShouldBe(new GatheringEvent.Completed(1));
        gathering.NextDeadline.ShouldBe(Instant.Never);
    }

    private static Gathering New(params Endpoint[] servers) => new(new GatheringOptions(), servers, new SeededRandom(1));

    private static List<GatheringEvent> Events(Gathering gathering)
    {
        var events = new List<GatheringEvent>();
        while (gathering.TryTakeEvent(out var happened))
        {
            events.Add(happened);
        }

        return events;
    }

    private bool Answer(Gathering gathering, Endpoint mapped, Instant now)
    {
        gathering.TryTransmit(_buffer, out var transmit).ShouldBeTrue();
        StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var request).ShouldBe(StunError.None);
        request.HasFingerprint.ShouldBeTrue();
        return gathering.HandleDatagram(Answer(request, mapped), transmit.Destination, transmit.Source, now);
    }

    private static byte[] Answer(in StunMessage request, Endpoint mapped)
    {
        var bytes = new byte[256];
        var writer = StunWriter.Respond(bytes, StunClass.Success, request);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, mapped);
        return bytes[..writer.Length];
    }
}
