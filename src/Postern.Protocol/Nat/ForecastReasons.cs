namespace Postern.Protocol.Nat;

/// <summary>The sentences behind the identifiers of forecasts.</summary>
internal static class ForecastReasons
{
    public static ForecastReason Of(string id, bool isProbable = false) =>
        new(id, isProbable ? $"Probably, since not everything could be measured: {Sentence(id)}" : Sentence(id));

    private static string Sentence(string id) => id switch
    {
        "public-here" => "This side has a public address that anybody may send to.",
        "public-there" => "The other side has a public address that anybody may send to.",
        "no-public-side" => "Neither side has a public address that anybody may send to.",
        "same-network" => "Both sides have the same outer address, so they probably share a network.",
        "hairpin" => "Both sides are behind one router, and it passes packets between its own clients.",
        "no-hairpin" => "Both sides are behind one router, and it does not pass packets between its own clients.",
        "both-mappings-stay" => "Both routers keep one outer port for all targets, so each side can be told where to send.",
        "moving-here-filter-open-there" => "This side's router uses another port for each target, but the other side's router lets packets from any port in.",
        "moving-there-filter-open-here" => "The other side's router uses another port for each target, but this side's router lets packets from any port in.",
        "both-move-filters-open" => "Both routers use another port for each target, but their filters let the first packet in.",
        "no-moving-here-filter-strict-there" => "This side's router uses another port for each target, and the other side's router admits only the exact port that was told.",
        "no-moving-there-filter-strict-here" => "The other side's router uses another port for each target, and this side's router admits only the exact port that was told.",
        "no-both-move" => "Both routers use another port for each target, so neither side can be told where to send.",
        "udp-blocked-here" => "UDP does not get out of this side's network.",
        "udp-blocked-there" => "UDP does not get out of the other side's network.",
        "udp-limited-here" => "A firewall lets this side's UDP out to named hosts only.",
        "udp-limited-there" => "A firewall lets the other side's UDP out to named hosts only.",
        "families-differ" => "One side has IPv4 and the other IPv6; they meet only at a relay that has both.",
        "ports-counted" => "One router counts its ports up or down: the port of a punch is learnt while it is made, and told.",
        "both-ports-counted" => "Both routers count their ports: one opens the ports that the other's counter is about to reach.",
        "ports-drawn-from-range" => "One router draws its ports from a known range: many holes are made there, and some ports of it are asked.",
        "counted-against-drawn" => "One router counts its ports and the other draws them: a port of the range is opened, and many holes are made towards it.",
        "both-drawn-from-small-ranges" => "Both routers draw their ports from small ranges: enough questions may meet.",
        "both-ports-stay" => "Neither router moves its ports.",
        "filter-lets-port-in" => "The other filter does not look at the port: nothing has to be predicted.",
        "same-router" => "Both sides are behind one router: nothing has to be predicted.",
        "nat-unmeasured" => "Not enough is known of one of the routers.",
        "ports-move-by-no-rule" => "One router moves its ports by no rule that was found.",
        "counter-too-busy" => "Other hosts move the router's counter faster than it can be followed within the probe budget.",
        "ports-drawn-from-too-many" => "One router draws its ports from so many that the probe budget would hardly ever meet one.",
        "both-ports-drawn" => "Both routers draw their ports, so that both ends would have to be guessed at once.",
        "udp-blocked" => "One network lets no UDP out.",
        "udp-limited" => "One firewall lets UDP out to named hosts only.",
        "tcp-not-built" => "Some pairs that UDP cannot join can be joined by TCP; this version does not do that yet.",
        "relay-over-tcp-not-built" => "A relay could be reached over TCP; this version does not do that yet.",
        "relay-always" => "Both sides can reach a relay.",
        _ => id,
    };
}
