using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Tests.Kit;

namespace Postern.Tests.Calls;

[Collection(nameof(Alone))]
public class CallFloodTests
{
    [Fact]
    public void A_peer_that_trickles_candidates_without_end_does_not_grow_the_call()
    {
        using var scene = new CallScene(1, null, null);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        const string ufrag = "none";
        Trickle(0, 1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Trickle(1000, 200_000);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(1 << 20);
        GC.KeepAlive(scene);

        void Trickle(uint from, uint to)
        {
            for (var i = from; i < to; i++)
            {
                var line = $"candidate:1 1 udp 2113937151 {IpAddress.FromV4(0x2900_0000 + i)} 5000 typ host";
                scene.Bob.Do((call, now) => call.HandleSignal(new SignalPayload.Candidate(line, ufrag), now));
            }

            scene.Bob.Events.Clear();
        }
    }
}
