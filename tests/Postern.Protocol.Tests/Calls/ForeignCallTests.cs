using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Calls;

/// <summary>Two peers that know of each other only what SDP can say, so that each takes the other for no Postern.</summary>
public class ForeignCallTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_talk_through_a_punched_hole_or_the_relay(bool symmetric)
    {
        using var scene = Scene(1, symmetric);
        scene.Alice.Greeting = "hello";
        scene.Bob.Greeting = "hi";
        scene.Start();
        scene.RunUntilPath(symmetric ? PathKind.Relayed : PathKind.Punched).ShouldBeTrue();
        scene.World.RunUntil(() => scene.Alice.Messages.Count == 1 && scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(2)).ShouldBeTrue();
        scene.Bob.Messages[0].Text.ShouldBe("hello");
        scene.Alice.Messages[0].Text.ShouldBe("hi");
    }

    [Fact]
    public void With_ten_percent_loss_they_still_talk()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var scene = Scene(seed);
            scene.Loss = 0.1;
            scene.Alice.Greeting = "hello";
            scene.Bob.Greeting = "hi";
            scene.Start();
            scene.World.RunUntil(() => scene.Alice.Messages.Count == 1 && scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(20)).ShouldBeTrue($"seed {seed}");
        }
    }

    /// <summary>An answer to a peer that is no Postern holds nothing that such a peer cannot use.</summary>
    [Fact]
    public void The_answer_is_unsigned_and_brings_no_INIT()
    {
        using var scene = Scene(2);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        var answer = scene.Bob.Events.Select(entry => entry.Event).OfType<CallEvent.SignalReady>().Select(signal => signal.Payload).OfType<SignalPayload.Described>().Single().Description;
        answer.Signature.ShouldBeEmpty();
        answer.SctpInit.ShouldBeNull();
        answer.Setup.ShouldBe(DtlsSetup.Active);
        answer.CandidatesComplete.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(65_536)]
    public void A_message_larger_than_the_other_sides_max_message_size_is_refused(int limit)
    {
        using var scene = Scene(3);
        scene.Tamper = payload => payload is SignalPayload.Described described ? new SignalPayload.Described(described.Description with { MaxMessageSize = limit }) : payload;
        var channel = Connect(scene);
        Send(scene.Alice, channel, limit + 1).ShouldBe(SendResult.TooLarge);
        Send(scene.Alice, channel, limit).ShouldBe(SendResult.Accepted);
        scene.World.RunUntil(() => scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(3)).ShouldBeTrue();
    }

    [Fact]
    public void A_max_message_size_of_zero_allows_any()
    {
        using var scene = Scene(4);
        scene.Tamper = payload => payload is SignalPayload.Described described ? new SignalPayload.Described(described.Description with { MaxMessageSize = 0 }) : payload;
        var channel = Connect(scene);
        Send(scene.Alice, channel, 1_000_000).ShouldBe(SendResult.Accepted);
        scene.World.RunUntil(() => scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private static CallScene Scene(ulong seed, bool symmetric = false) => symmetric
        ? new(seed, CallScene.Symmetric, CallScene.Symmetric, overSdp: true)
        : new(seed, CallScene.PortRestricted, CallScene.PortRestricted, overSdp: true);

    private static DataChannel Connect(CallScene scene)
    {
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        DataChannel? channel = null;
        scene.Alice.Do((call, now) => channel = call.OpenChannel("chat", new DataChannelOptions(), now));
        return channel!;
    }

    private static SendResult Send(PeerCall peer, DataChannel channel, int bytes)
    {
        var result = SendResult.Closed;
        peer.Do((call, now) => result = call.Send(channel, isText: false, new byte[bytes], now));
        return result;
    }
}
