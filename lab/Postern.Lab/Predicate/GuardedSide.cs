using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>One side's guards that act, with what they have counted of one plan.</summary>
internal sealed class GuardedSide
{
    private readonly (Sentry[] Guards, bool Refuses)[] _boxes; // from inside to outside

    private GuardedSide(IEnumerable<(Sentry[], bool)> boxes) => _boxes = [.. boxes];

    public bool IsGuarded => Array.Exists(_boxes, box => box.Guards.Length > 0);

    public static GuardedSide Of(BoxDescription row, Func<GuardRules, IEnumerable<GuardRules>> posts) => new(BoxCatalogue.Boxes(row).Select(box => (
        (box.Firewall?.Guards ?? []).SelectMany(posts).Where(guard => guard.Action != GuardAction.Nothing).Select(guard => new Sentry(guard)).ToArray(),
        BoxCatalogue.Nat(box) is { Translates: true } or { Filtering: not Protocol.Nat.NatDependence.EndpointIndependent })));

    /// <summary>Whether it leaves; what an inner box drops, an outer one never sees.</summary>
    public bool LetsOut(PacketHeader header, bool opens, Instant now) =>
        _boxes.All(box => Let(box.Guards, guard => !guard.Judge(header, GuardSide.Outgoing, opens, wasDropped: false, now, out _)));

    /// <summary>Whether what belongs to a flow comes in.</summary>
    public bool LetsIn(PacketHeader header, Instant now) =>
        Enumerable.Reverse(_boxes).All(box => Let(box.Guards, guard => !guard.Judge(header, GuardSide.Incoming, opens: false, wasDropped: false, now, out _)));

    /// <summary>Shows the guards a new flow, which the outermost NAT refuses where it finds nothing, and says whether they would let in one that it does not.</summary>
    public bool LetsAnyoneIn(PacketHeader header, bool isFound, Instant now)
    {
        foreach (var (guards, refuses) in Enumerable.Reverse(_boxes))
        {
            if (!Let(guards, guard => LetsAnyoneIn(guard, header, isFound || !refuses, now)))
            {
                return false;
            }

            if (refuses && !isFound)
            {
                return true; // for all that the boxes behind have seen
            }
        }

        return true;
    }

    private static bool LetsAnyoneIn(Sentry guard, PacketHeader header, bool isFound, Instant now)
    {
        var isShutOut = guard.Rules.OnlyRefused && guard.Judge(header, GuardSide.Incoming, opens: true, wasDropped: false, now, out _);
        var isDropped = guard.Judge(header, GuardSide.Incoming, opens: true, wasDropped: !isFound, now, out _);
        return !(guard.Rules.OnlyRefused ? isShutOut : isDropped);
    }

    /// <summary>All guards of one box see what comes.</summary>
    private static bool Let(Sentry[] guards, Func<Sentry, bool> lets) => Array.TrueForAll(Array.ConvertAll(guards, guard => lets(guard)), isLet => isLet);
}
