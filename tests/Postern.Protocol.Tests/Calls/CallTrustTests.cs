using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;

namespace Postern.Tests.Calls;

/// <summary>What a switchboard, or somebody in its place, can and cannot do to a call.</summary>
public class CallTrustTests
{
    [Theory]
    [InlineData(SignalKind.Offer)]
    [InlineData(SignalKind.Answer)]
    public void A_description_with_another_fingerprint_is_refused(SignalKind kind)
    {
        using var other = DtlsCertificate.Create();
        using var scene = Scene();
        scene.Tamper = Change(kind, description => description with { Fingerprint = other.Fingerprint.ToString() });
        var ended = Refuse(scene, kind);
        ended.Failure.ShouldBe(CallFailure.WrongIdentity);
        ended.Reason.ShouldBe("The description is not signed by the peer's key: it was altered or forged on the way.");
    }

    [Theory]
    [InlineData(SignalKind.Offer)]
    [InlineData(SignalKind.Answer)]
    public void A_description_that_another_key_has_signed_is_refused(SignalKind kind)
    {
        using var stranger = PeerIdentity.Create();
        using var scene = Scene();
        scene.Tamper = Change(kind, description => SignedDescription.Sign(description, stranger));
        Refuse(scene, kind).Failure.ShouldBe(CallFailure.WrongIdentity);
    }

    [Fact]
    public void An_answer_to_another_offer_is_refused()
    {
        SignalPayload? kept = null;
        using (var before = Scene())
        {
            before.Tamper = payload =>
            {
                kept = payload is SignalPayload.Described { Kind: SignalKind.Answer } ? payload : kept;
                return payload;
            };
            before.Start();
            before.RunUntilConnected().ShouldBeTrue();
        }

        using var scene = Scene();
        scene.Tamper = payload => payload.Kind == SignalKind.Answer ? kept! : payload;
        Refuse(scene, SignalKind.Answer).Failure.ShouldBe(CallFailure.WrongIdentity);
    }

    [Theory]
    [InlineData(SignalKind.Offer)]
    [InlineData(SignalKind.Answer)]
    public void At_first_contact_too_a_description_without_its_signature_is_refused(SignalKind kind)
    {
        using var scene = Scene();
        scene.Tamper = Change(kind, description => description with { Signature = "" });
        Refuse(scene, kind).Failure.ShouldBe(CallFailure.WrongIdentity);
    }

    [Fact]
    public void The_switchboard_cannot_end_a_call_that_stands()
    {
        using var scene = Scene();
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        scene.Alice.Do((call, now) => call.HandleSignal(new SignalPayload.Bye(HangUp.Done), now));
        scene.World.Run(TimeSpan.FromSeconds(5));
        scene.Alice.Machine.State.ShouldBe(CallState.Connected);
    }

    [Fact]
    public void A_repeated_description_changes_nothing()
    {
        using var scene = Scene();
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        var again = scene.Bob.Events.Select(entry => entry.Event).OfType<CallEvent.SignalReady>().First(signal => signal.Payload.Kind == SignalKind.Answer).Payload;
        scene.Alice.Do((call, now) => call.HandleSignal(again, now));
        scene.World.Run(TimeSpan.FromSeconds(1));
        scene.Alice.Machine.State.ShouldBe(CallState.Connected);
    }

    [Fact]
    public void Nonsense_from_the_network_and_the_switchboard_ends_no_call()
    {
        using var scene = Scene();
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        var noise = new byte[200];
        for (var i = 0; i < 20_000; i++)
        {
            scene.World.Random.Fill(noise);
            noise[0] = (byte)(i % 80);
            scene.Alice.Machine.HandleDatagram(noise, scene.Bob.Sockets[0], scene.Alice.Sockets[0], scene.World.Now);
        }

        scene.Alice.Do((call, now) => call.HandleSignal(new SignalPayload.Candidate("candidate:nonsense", "x"), now));
        scene.World.Run(TimeSpan.FromSeconds(2));
        scene.Alice.Machine.State.ShouldBe(CallState.Connected);
        scene.Bob.Machine.State.ShouldBe(CallState.Connected);
    }

    private static CallScene Scene() => new(11, CallScene.PortRestricted, CallScene.PortRestricted);

    private static Func<SignalPayload, SignalPayload> Change(SignalKind kind, Func<SessionDescription, SessionDescription> change) =>
        payload => payload is SignalPayload.Described described && described.Kind == kind ? new SignalPayload.Described(change(described.Description)) : payload;

    /// <summary>Runs until the side that gets the changed description has refused it; nothing was ever encrypted.</summary>
    private static CallEvent.Ended Refuse(CallScene scene, SignalKind kind)
    {
        scene.Start();
        var victim = kind == SignalKind.Offer ? scene.Bob : scene.Alice;
        scene.World.RunUntil(() => victim.Machine.State == CallState.Closed, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        victim.Events.Select(entry => entry.Event).OfType<CallEvent.Connected>().ShouldBeEmpty();
        return victim.Events.Select(entry => entry.Event).OfType<CallEvent.Ended>().ShouldHaveSingleItem();
    }
}
