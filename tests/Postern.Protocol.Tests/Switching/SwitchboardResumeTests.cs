using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Tests.Switching;

public sealed class SwitchboardResumeTests
{
    [Fact]
    public void Random_disconnections_lose_nothing_double_nothing_and_keep_the_order()
    {
        long repeated = 0, doubled = 0;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var (anna, bob) = Storm(seed, kills: seed % 3 == 0);
            repeated += anna.Client.Stats.SignalsRepeated + bob.Client.Stats.SignalsRepeated;
            doubled += anna.Client.Stats.SignalsDoubled + bob.Client.Stats.SignalsDoubled;
        }

        repeated.ShouldBeGreaterThan(1000); // or the storm was none
        doubled.ShouldBeGreaterThan(100);
    }

    private static (WorldPeer Anna, WorldPeer Bob) Storm(ulong seed, bool kills)
    {
        using var world = new SwitchboardWorld(seed);
        var anna = world.Add("anna");
        var bob = world.Add("bob");
        world.Run(2);
        int fromAnna = 0, fromBob = 0;
        for (var turn = 0; turn < 150; turn++)
        {
            switch (world.Random.Next(0, kills ? 12 : 10))
            {
                case < 4:
                    Send(world, anna, "bob", ++fromAnna);
                    break;
                case < 7:
                    Send(world, bob, "anna", ++fromBob);
                    break;
                case 7:
                    world.Cut(anna);
                    break;
                case 8:
                    world.Cut(bob);
                    break;
                case 11:
                    world.KillServer();
                    world.Run(world.Random.NextDouble());
                    world.StartServer();
                    break;
            }

            world.Run(world.Random.NextDouble() * 0.2);
        }

        world.Run(30);
        bob.Heard.ShouldBe(Enumerable.Range(1, fromAnna).Select(number => $"{number}"), $"seed {seed}");
        anna.Heard.ShouldBe(Enumerable.Range(1, fromBob).Select(number => $"{number}"), $"seed {seed}");
        anna.All<SwitchboardClientEvent.SignalDelivered>().Count().ShouldBe(fromAnna);
        bob.Client.Unacknowledged.ShouldBe(0);
        anna.All<SwitchboardClientEvent.Refused>().ShouldBeEmpty();
        return (anna, bob);
    }

    private static void Send(SwitchboardWorld world, WorldPeer peer, string to, int number) =>
        world.Do(peer, client => client.TrySendSignal(to, "s1", new SignalPayload.Bye(HangUp.Done, $"{number}"), out _).ShouldBeTrue());
}
