using System.Runtime.CompilerServices;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>
/// Whether a side that asks many ports is heard before a guard of its own bans everything of it, the relay included. Which comes
/// first is seen in calls of the agent in which such guards only raise the alarm. Who does not meet in them is not excused by a
/// guard: that is for the trial to condemn.
/// </summary>
internal static class AlarmedCalls
{
    private const int Calls = 8;
    private const double MostWhereClose = 0.97; // of the relay, where one call had a ban in time or nearly so

    private static readonly TimeSpan Close = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ToBeDirect = TimeSpan.FromSeconds(30); // a plan has 25
    private static readonly ConditionalWeakTable<PairOptions, AlarmedCall[]> Known = []; // many worlds have the same

    /// <summary>Whether a guard may end a call that has stood.</summary>
    public static bool MayEnd(PairOptions pair) => Guards(pair).Any(guard => guard.Action == GuardAction.BansEverything);

    /// <summary>What guards leave of the odds of a plan and of the relay.</summary>
    /// <param name="pair">What stands where.</param>
    /// <param name="plan">What guards leave of a plan, of which some may stand in the place of others.</param>
    public static (double OfPlan, double OfRelay) Left(PairOptions pair, Func<Func<GuardRules, IEnumerable<GuardRules>>, double> plan)
    {
        if (!Guards(pair).Any(BansOwn))
        {
            return (plan(guard => [guard]), 1);
        }

        var calls = Known.GetValue(pair, Play);
        var (ofAll, ofOthers) = (plan(guard => [guard]), plan(Others));
        var ofPlan = calls.Where(call => call.IsDirect).Select(call => call.OfPlan(ofAll, ofOthers)).DefaultIfEmpty(ofAll).Average();
        return (ofPlan, Math.Min(calls.Average(call => call.OfRelay), Array.Exists(calls, call => call.IsClose) ? MostWhereClose : 1));
    }

    private static AlarmedCall[] Play(PairOptions pair)
    {
        using var keys = new PairKeys();
        return [.. Enumerable.Range(1, Calls).Select(number => Play(pair, (ulong)number, keys))];
    }

    private static AlarmedCall Play(PairOptions pair, ulong number, PairKeys keys)
    {
        var bans = new Dictionary<string, double>(); // in seconds, by the names of the guards that only watch
        using var world = new PairWorld(pair with { Budget = null, Memories = null, Guarding = Watching }, LabRandom.OfWorld(number), keys);
        Home[] homes = [world.One, world.Other];
        FirewallBox[] boxes = [.. homes.SelectMany(home => home.Gateways).Select(gateway => gateway.Box).OfType<FirewallBox>().Distinct()];
        Array.ForEach(boxes, box => box.IsTraced = true);
        world.RunUntilReady(Trial.TimeToStart);
        var began = world.World.Now;
        world.One.Peer.Call(world.Other.Peer.Name);
        var isDirect = world.World.RunUntil(() => homes.All(home => Direct(home) is not null), ToBeDirect);
        BoxEvent.AlarmRaised[] alarms = [.. boxes.SelectMany(Alarms).Where(alarm => bans.TryGetValue(alarm.Guard, out var ban) && alarm.At + TimeSpan.FromSeconds(ban) > began)];
        return new(isDirect, Longest(Direct), Longest(Connected), Longest(home => Connected(home) + Close) > 0);

        // Whom a guard bans, the other side has to have heard.
        double Longest(Func<Home, Instant?> moment) => homes.Zip(homes.Reverse(), (home, by) => (Home: home, Heard: moment(by)))
            .SelectMany(side => alarms.Where(alarm => IsOf(side.Home, alarm) && alarm.At <= side.Heard)).Select(alarm => bans[alarm.Guard]).DefaultIfEmpty().Max();

        // Who is inside is told from who is outside by the address: what a guard counts of both is counted apart.
        IEnumerable<GuardRules> Watching(GuardRules guard)
        {
            if (!BansOwn(guard))
            {
                return [guard];
            }

            var name = $"bans-everything-{bans.Count}";
            bans.Add(name, guard.Ban);
            return [guard with { Name = name, Action = GuardAction.Nothing, Side = GuardSide.Outgoing }, .. Others(guard)];
        }
    }

    private static IEnumerable<BoxEvent.AlarmRaised> Alarms(FirewallBox box)
    {
        while (box.TryTakeEvent(out var happened))
        {
            if (happened is BoxEvent.AlarmRaised alarm)
            {
                yield return alarm;
            }
        }
    }

    /// <summary>Of two homes behind one box, each is known by its own addresses.</summary>
    private static bool IsOf(Home home, BoxEvent.AlarmRaised alarm) =>
        home.Computer.Addresses.Concat(home.Gateways.SelectMany(gateway => gateway.Box.OuterAddresses)).Contains(alarm.Source);

    /// <summary>A path may be found before anything is encrypted over it.</summary>
    private static Instant? Direct(Home home) => home.LastCall is { DirectAt: { } found, ConnectedAt: { } connected } ? Instant.Max(found, connected) : null;

    private static Instant? Connected(Home home) => home.LastCall?.ConnectedAt;

    /// <summary>Without what bans the own side.</summary>
    private static IEnumerable<GuardRules> Others(GuardRules guard) => !BansOwn(guard) ? [guard] : guard.Side == GuardSide.Both ? [guard with { Side = GuardSide.Incoming }] : [];

    private static bool BansOwn(GuardRules guard) => guard is { Action: GuardAction.BansEverything, Side: not GuardSide.Incoming };

    private static IEnumerable<GuardRules> Guards(PairOptions pair) =>
        BoxCatalogue.Boxes(pair.One).Concat(BoxCatalogue.Boxes(pair.Other)).SelectMany(box => box.Firewall?.Guards ?? []).Concat(pair.Watch);
}
