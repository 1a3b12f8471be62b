using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

public class IceChaosTests
{
    /// <summary>Cuts, one-way cuts, lost relays, routers that forget, loss: whatever happened, once it is over all is as before.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_any_trouble_both_sides_are_back_on_the_direct_path(bool renomination)
    {
        for (var seed = 1UL; seed <= 150; seed++)
        {
            var world = new SimWorld(seed);
            var random = new SeededRandom(seed);
            var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: true, IceOptions.UsualOpenerTimeToLive, renomination);
            world.Signal(a, b, TimeSpan.FromMilliseconds(random.Next(1, 500)));
            world.Every(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(90), () =>
            {
                a.SendData();
                b.SendData();
            });
            world.Run(TimeSpan.FromSeconds(3));
            for (var trouble = 0; trouble < 6; trouble++)
            {
                Disturb(world, random, a, b);
                world.Run(TimeSpan.FromMilliseconds(random.Next(100, 8000)));
            }

            world.IsBlocked = null;
            world.Loss = 0;
            world.Run(TimeSpan.FromSeconds(22));
            var because = $"seed {seed}: {a.Agent.SelectedPath} / {b.Agent.SelectedPath}";
            SimWorld.Has(a, PathKind.Punched).ShouldBeTrue(because);
            SimWorld.Has(b, PathKind.Punched).ShouldBeTrue(because);
            a.Data.Clear();
            b.Data.Clear();
            world.Run(TimeSpan.FromSeconds(2));
            a.Data.Count.ShouldBeInRange(19, 21, because);
            b.Data.Count.ShouldBeInRange(19, 21, because);
            (a.Agent.Stats.TurnedAway + b.Agent.Stats.TurnedAway).ShouldBe(0);
        }
    }

    private static void Disturb(SimWorld world, SeededRandom random, SimPeer a, SimPeer b)
    {
        world.Loss = 0;
        world.IsBlocked = null;
        switch (random.Next(0, 7))
        {
            case 0:
                world.BlockDirect(a, b);
                break;
            case 1:
                world.IsBlocked = (from, to) => SimWorld.IsOf(from, a) && SimWorld.IsOf(to, b);
                break;
            case 2:
                world.IsBlocked = (from, to) => SimWorld.IsOf(from, b) && SimWorld.IsOf(to, a);
                break;
            case 3:
                world.IsBlocked = (from, to) => from.Address == a.Relayed.Address || to.Address == a.Relayed.Address;
                break;
            case 4:
                world.IsBlocked = (_, _) => true;
                break;
            case 5:
                world.Loss = 0.3;
                break;
            default:
                (random.Next(0, 2) == 0 ? a : b).Nat!.Reset();
                break;
        }
    }
}
