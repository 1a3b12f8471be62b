using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

public class ConnectivityCheckTests
{
    [Fact]
    public void A_check_carries_what_RFC_8445_asks_for()
    {
        var script = new IceScript(new() { Tiebreaker = 77 });
        var (bytes, transmit) = script.TakeOne();
        (transmit.Source, transmit.Destination, transmit.TimeToLive).ShouldBe((IceScript.Local, IceScript.Remote, (byte)0));
        StunMessage.TryParse(bytes, out var check).ShouldBe(StunError.None);
        check.HasFingerprint.ShouldBeTrue();
        check.VerifyIntegrity(StunKey.ShortTerm(IceScript.Theirs.Password)).ShouldBeTrue();
        check.TryGet(StunAttributeType.Username, out var username).ShouldBeTrue();
        username.ToArray().ShouldBe(System.Text.Encoding.UTF8.GetBytes($"them:{script.Agent.LocalCredentials.UsernameFragment}"));
        check.TryGetUInt32(StunAttributeType.Priority, out var priority).ShouldBeTrue();
        priority.ShouldBe(CandidatePriority.Of(CandidateType.PeerReflexive, 35000));
        check.TryGetUInt64(StunAttributeType.IceControlling, out var tiebreaker).ShouldBeTrue();
        tiebreaker.ShouldBe(77UL);
        check.Has(StunAttributeType.UseCandidate).ShouldBeFalse();
    }

    [Fact]
    public void A_check_from_a_relayed_base_says_the_relays_priority()
    {
        var script = new IceScript(knowsPeer: false);
        var relayed = Endpoint.Parse("198.51.100.8:50001");
        script.Agent.RemoveLocalCandidates(IceScript.Local, script.Now);
        script.Agent.AddLocalCandidate(Candidate.Relayed(relayed, IceScript.Local, relayed.Address, 35000), script.Now);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Agent.AddRemoteCandidate(Candidate.Relayed(Endpoint.Parse("198.51.100.8:50002"), IceScript.Remote, relayed.Address, 35000), script.Now);
        var (bytes, transmit) = script.TakeOne();
        transmit.Source.ShouldBe(relayed);
        StunMessage.TryParse(bytes, out var check);
        check.TryGetUInt32(StunAttributeType.Priority, out var priority);
        (priority >> 24).ShouldBe(0u);
    }

    [Fact]
    public void A_check_is_answered_with_the_senders_address_under_our_password()
    {
        var script = new IceScript();
        script.Take();
        var request = script.Request();
        script.Hear(request).ShouldBeTrue();
        var (bytes, transmit) = script.Take()[0];
        transmit.Destination.ShouldBe(IceScript.Remote);
        StunMessage.TryParse(bytes, out var answer).ShouldBe(StunError.None);
        answer.Class.ShouldBe(StunClass.Success);
        answer.HasFingerprint.ShouldBeTrue();
        answer.VerifyIntegrity(StunKey.ShortTerm(script.Agent.LocalCredentials.Password)).ShouldBeTrue();
        answer.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped).ShouldBeTrue();
        mapped.ShouldBe(IceScript.Remote);
        StunMessage.TryParse(request, out var asked);
        answer.TransactionId.ShouldBe(asked.TransactionId);
    }

    [Fact]
    public void A_check_without_integrity_is_400_with_a_wrong_one_401_and_changes_nothing()
    {
        var script = new IceScript();
        script.Take();
        script.Hear(script.Request(password: "")).ShouldBeTrue();
        IceScript.Kind(script.TakeOne().Bytes).ShouldBe((StunClass.Error, 400));
        script.Hear(script.Request(password: "a-password-that-is-wrong")).ShouldBeTrue();
        var refused = script.TakeOne().Bytes;
        IceScript.Kind(refused).ShouldBe((StunClass.Error, 401));
        IceScript.Has(refused, StunAttributeType.MessageIntegrity).ShouldBeFalse();
        script.Agent.Stats.Unverified.ShouldBe(2);
        script.Agent.Stats.RequestsReceived.ShouldBe(0);
        script.Agent.Pairs.ShouldHaveSingleItem().RequestsReceived.ShouldBe(0);
        script.Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_required_attribute_is_420_and_names_it()
    {
        var script = new IceScript();
        script.Take();
        script.Hear(script.Request(unknown: true)).ShouldBeTrue();
        var bytes = script.TakeOne().Bytes;
        IceScript.Kind(bytes).ShouldBe((StunClass.Error, 420));
        StunMessage.TryParse(bytes, out var answer);
        answer.TryGet(StunAttributeType.UnknownAttributes, out var unknown).ShouldBeTrue();
        unknown.ToArray().ShouldBe([0x77, 0x77]);
    }

    [Fact]
    public void What_is_not_for_this_agent_is_left_to_others()
    {
        var script = new IceScript();
        var check = script.TakeOne().Bytes;
        script.Hear([0x80, 1, 2, 3]).ShouldBeFalse();
        script.Hear([]).ShouldBeFalse();
        script.Hear(script.Request(username: "somebody:else")).ShouldBeFalse();
        script.Hear(check).ShouldBeFalse(); // its own check, come back
        var foreign = IceScript.Answer(check);
        foreign[12] ^= 1;
        script.Hear(Rewrite(foreign)).ShouldBeFalse();
        script.Take().ShouldBeEmpty();

        static byte[] Rewrite(byte[] bytes)
        {
            StunMessage.TryParse(bytes, out var parsed); // its fingerprint is wrong now as well, so write it anew
            var fresh = new byte[256];
            var writer = new StunWriter(fresh, StunClass.Success, StunMethod.Binding, TransactionId.Read(bytes.AsSpan(8)));
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, IceScript.Local);
            writer.AddFingerprint();
            return fresh[..writer.Length];
        }
    }

    [Fact]
    public void A_forged_answer_is_as_if_it_had_never_come()
    {
        var script = new IceScript();
        var check = script.TakeOne().Bytes;
        script.Hear(IceScript.Answer(check, password: "")).ShouldBeTrue();
        script.Hear(IceScript.Answer(check, password: "a-password-that-is-wrong")).ShouldBeTrue();
        script.Hear(IceScript.Answer(check, error: 401, password: "")).ShouldBeTrue();
        script.Agent.SelectedPath.ShouldBeNull();
        script.Agent.Stats.Unverified.ShouldBe(3);
        script.Hear(IceScript.Answer(check)).ShouldBeTrue();
        script.Agent.SelectedPath.ShouldNotBeNull();
        script.Hear(IceScript.Answer(check)).ShouldBeFalse(); // each request is answered once
        script.Agent.Stats.ResponsesReceived.ShouldBe(1);
    }

    [Fact]
    public void A_wrong_password_shows_as_the_pairs_cause()
    {
        var script = new IceScript();
        var check = script.TakeOne().Bytes;
        script.Hear(IceScript.Answer(check, error: 401, password: ""));
        script.Pass(30000);
        script.Agent.Pairs.ShouldHaveSingleItem().Failure.ShouldBe(PairFailure.CredentialsRefused);
    }

    [Fact]
    public void An_answer_from_or_to_another_address_fails_the_pair()
    {
        foreach (var (source, destination) in new[] { ("192.0.2.3:6000", "192.0.2.1:5000"), ("192.0.2.2:6001", "192.0.2.1:5000"), ("192.0.2.2:6000", "192.0.2.1:5001") })
        {
            var script = new IceScript();
            var check = script.TakeOne().Bytes;
            script.Hear(IceScript.Answer(check), Endpoint.Parse(source), Endpoint.Parse(destination)).ShouldBeTrue();
            script.Agent.Pairs.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                p => p.State.ShouldBe(PairState.Failed), p => p.Failure.ShouldBe(PairFailure.AsymmetricResponse));
        }
    }

    [Fact]
    public void A_verified_error_fails_the_pair()
    {
        var script = new IceScript();
        script.Hear(IceScript.Answer(script.TakeOne().Bytes, error: 500)).ShouldBeTrue();
        script.Take();
        script.Agent.Pairs.ShouldHaveSingleItem().Failure.ShouldBe(PairFailure.ErrorResponse);
        script.Events.ShouldContain(e => e is IceEvent.PairFailed);
    }

    [Fact]
    public void A_check_is_repeated_seven_times_with_doubling_pauses_and_then_fails()
    {
        var script = new IceScript();
        var start = script.Now;
        var sent = new List<double>();
        while (script.Agent.Pairs[0].State != PairState.Failed)
        {
            sent.AddRange(script.Take().Select(_ => (script.Now - start).TotalMilliseconds));
            script.Now = script.Agent.NextDeadline;
            script.Agent.HandleDeadline(script.Now);
        }

        sent.ShouldBe([0, 250, 750, 1750, 3750, 7750, 15750]);
        (script.Now - start).ShouldBe(TimeSpan.FromMilliseconds(15750 + (16 * 250)));
        script.Agent.Pairs[0].ShouldSatisfyAllConditions(p => p.RequestsSent.ShouldBe(7), p => p.Failure.ShouldBe(PairFailure.Unanswered));
        script.Agent.Stats.Retransmissions.ShouldBe(6);
    }

    [Fact]
    public void A_mapped_address_that_is_new_is_a_peer_reflexive_local_candidate()
    {
        var script = new IceScript();
        var mapped = Endpoint.Parse("203.0.113.5:7777");
        script.Hear(IceScript.Answer(script.TakeOne().Bytes, mapped));
        script.Take();
        script.Events.ShouldContain(new IceEvent.PeerReflexiveFound(true, mapped, IceScript.Local));
        script.Agent.SelectedPath!.Value.ShouldSatisfyAllConditions(
            p => p.LocalType.ShouldBe(CandidateType.PeerReflexive), p => p.Local.ShouldBe(IceScript.Local), p => p.Kind.ShouldBe(PathKind.Host));
    }
}
