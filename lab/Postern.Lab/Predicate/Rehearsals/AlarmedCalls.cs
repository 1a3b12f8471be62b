using System.Runtime.CompilerServices;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>
/// Whether a side that asks many ports is heard before a guard of its own bans everything of it, the relay included. Which comes
/// first is seen in calls where such guards only raise the alarm; what peers find in them is not asked, only when.
/// </summary>
internal static class AlarmedCalls
{
    private const int Calls = 8;
    private const string Marked = "bans-everything:";

    private static readonly TimeSpan ToMeet = TimeSpan.FromSeconds(20);
    private static readonly ConditionalWeakTable<PairOptions, AlarmedCall[]> Known = []; // many worlds have the same

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
        return (calls.Where(call => call.IsDirect).Select(call => call.OfPlan(ofAll, ofOthers)).DefaultIfEmpty(ofAll).Average(), calls.Average(call => call.OfRelay));
    }

    private static AlarmedCall[] Play(PairOptions pair)
    {
        using var keys = new PairKeys();
        return [.. Enumerable.Range(1, Calls).Select(number => Play(pair, (ulong)number, keys))];
    }

    private static AlarmedCall Play(PairOptions pair, ulong number, PairKeys keys)
    {
        using var world = new PairWorld(pair with { Budget = null, Memories = null, Guarding = Watching }, LabRandom.OfWorld(number), keys);
        Home[] homes = [world.One, world.Other];
        foreach (var box in homes.SelectMany(Firewalls))
        {
            box.IsTraced = true;
        }

        world.RunUntilReady(Trial.TimeToStart);
        world.One.Peer.Call(world.Other.Peer.Name);
        var isDirect = world.World.RunUntil(() => homes.All(home => At(home, call => call.DirectAt) is not null), ToMeet);
        BoxEvent.AlarmRaised?[] alarms = [.. homes.Select(home => Firewalls(home).SelectMany(Alarms).MinBy(alarm => alarm.At))];
        return new(isDirect, Late(call => call.DirectAt), Late(call => call.ConnectedAt));

        // Whom a guard bans, the other side has to have heard.
        double Late(Func<PeerCall, Instant?> moment) => homes.Reverse().Zip(alarms)
            .Max(side => side.Second is { } alarm && !(At(side.First, moment) < alarm.At) ? Guards(pair).Where(BansOwn).First(guard => Mark(guard) == alarm.Guard).Ban : 0);
    }

    private static IEnumerable<FirewallBox> Firewalls(Home home) => home.Gateways.Select(gateway => gateway.Box).OfType<FirewallBox>();

    private static IEnumerable<BoxEvent.AlarmRaised> Alarms(FirewallBox box)
    {
        while (box.TryTakeEvent(out var happened))
        {
            if (happened is BoxEvent.AlarmRaised alarm && alarm.Guard.StartsWith(Marked, StringComparison.Ordinal))
            {
                yield return alarm;
            }
        }
    }

    private static Instant? At(Home home, Func<PeerCall, Instant?> moment) => home.Peer.Calls is [.., var call] ? moment(call) : null;

    /// <summary>Who is inside is told from who is outside by the address: what a guard counts of both is counted apart.</summary>
    private static IEnumerable<GuardRules> Watching(GuardRules guard) =>
        BansOwn(guard) ? [guard with { Name = Mark(guard), Action = GuardAction.Nothing, Side = GuardSide.Outgoing }, .. Others(guard)] : [guard];

    /// <summary>Without what bans the own side.</summary>
    private static IEnumerable<GuardRules> Others(GuardRules guard) => !BansOwn(guard) ? [guard] : guard.Side == GuardSide.Both ? [guard with { Side = GuardSide.Incoming }] : [];

    private static string Mark(GuardRules guard) => Marked + guard.Name;

    private static bool BansOwn(GuardRules guard) => guard is { Action: GuardAction.BansEverything, Side: not GuardSide.Incoming };

    private static IEnumerable<GuardRules> Guards(PairOptions pair) =>
        BoxCatalogue.Boxes(pair.One).Concat(BoxCatalogue.Boxes(pair.Other)).SelectMany(box => box.Firewall?.Guards ?? []).Concat(pair.Watch);
}
