using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

/// <summary>Addresses that nobody signalled are followed, but not without end. That a peer which is found may go on moving: <see cref="IceLivenessTests"/>.</summary>
public class StrangersTests
{
    [Fact]
    public void Sixteen_in_vain_are_followed_and_then_one_in_ten_seconds()
    {
        var script = new IceScript();
        script.Take();
        var followed = Follow(script, first: 10_000, count: 100);
        followed.ShouldBe(16);
        script.Agent.Stats.TurnedAway.ShouldBe(84);
        script.Pass(30_000);
        script.Take();
        Follow(script, first: 20_000, count: 100).ShouldBe(3);
    }

    /// <summary>How many of so many strangers' checks are followed up.</summary>
    private static int Follow(IceScript script, ushort first, int count)
    {
        var followed = new HashSet<Endpoint>();
        for (var i = 0; i < count; i++)
        {
            script.Hear(script.Request(), IceScript.Remote with { Port = (ushort)(first + i) });
            script.Pass(20);
            followed.UnionWith(Checks(script).Select(sent => sent.Transmit.Destination).Where(to => to.Port >= first && to.Port < first + count));
        }

        return followed.Count;
    }

    private static List<(byte[] Bytes, Transmit Transmit)> Checks(IceScript script) =>
        script.Take().FindAll(sent => IceScript.Kind(sent.Bytes).Class == StunClass.Request);
}
