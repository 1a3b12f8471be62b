using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>One side's guards that act, from inside to outside, with what they have counted of one plan.</summary>
/// <param name="Endpoint">From which it sends.</param>
/// <param name="Guards">Fresh ones.</param>
internal sealed record GuardedSide(Endpoint Endpoint, Sentry[] Guards)
{
    public static GuardedSide Of(BoxDescription row, int number) => new(
        Endpoint.Parse($"198.51.100.{number}:5000"),
        [
            .. from box in BoxCatalogue.Boxes(row)
               from guard in box.Firewall?.Guards ?? []
               where guard.Action != GuardAction.Nothing
               select new Sentry(guard),
        ]);

    public bool LetsOut(PacketHeader header, bool opens, Instant now) => Lets(header, GuardSide.Outgoing, opens, now);

    public bool LetsIn(PacketHeader header, bool opens, Instant now) => Lets(header, GuardSide.Incoming, opens, now);

    /// <summary>Shows the guards a new flow, which the NAT refuses where it finds nothing, and says whether they would let in one that it does not.</summary>
    public bool LetsAnyoneIn(PacketHeader header, bool isFound, Instant now) => Guards.Aggregate(true, (lets, guard) =>
    {
        var isShutOut = guard.Rules.OnlyRefused && guard.Judge(header, GuardSide.Incoming, opens: true, wasDropped: false, now, out _);
        var isDropped = guard.Judge(header, GuardSide.Incoming, opens: true, wasDropped: !isFound, now, out _);
        return lets && !(guard.Rules.OnlyRefused ? isShutOut : isDropped);
    });

    private bool Lets(PacketHeader header, GuardSide side, bool opens, Instant now) =>
        Guards.Aggregate(true, (lets, guard) => !guard.Judge(header, side, opens, wasDropped: false, now, out _) && lets);
}
