namespace Postern.Protocol.Reasons;

/// <summary>Why ports that move are predicted, or are not.</summary>
internal static class PredictionReasons
{
    public static readonly Reason[] All =
    [
        new("ports-counted", "{whose} router counts its ports up or down: the port of a punch is learnt while it is made, and told.", Remedies.Nothing, Remedies.KeepPorts),
        new("both-ports-counted", "Both routers count their ports: one opens the ports that the other's counter is about to reach.", Remedies.Nothing, Remedies.KeepPorts),
        new("ports-drawn-from-range", "{whose} router draws its ports from a known range: many holes are made there, and some ports of it are asked.", Remedies.Nothing, Remedies.ProbeMore, Remedies.KeepPorts),
        new("counted-against-drawn", "One router counts its ports and the other draws them: a port of the range is opened, and many holes are made towards it.", Remedies.Nothing, Remedies.KeepPorts),
        new("both-drawn-from-small-ranges", "Both routers draw their ports from small ranges: enough questions may meet.", Remedies.Nothing, Remedies.KeepPorts),
        new(
            "both-ports-stay",
            "Neither router moves its ports, so that nothing has to be predicted.",
            Remedies.Nothing,
            "where the call is relayed all the same, a firewall stops UDP between the two: 'postern check' on both sides finds whose"),
        new("filter-lets-port-in", "{whose} filter does not look at the port, so that nothing has to be predicted.", Remedies.Nothing),
        new(
            "same-router",
            "Both sides are behind one router, so that nothing has to be predicted.",
            Remedies.Nothing,
            "switch the router's hairpin NAT on where the two cannot meet inside"),
        new(
            "ports-move-by-no-rule",
            "{whose} router moves its ports by no rule that was found.",
            "measure with more samples: 'postern check --samples 32'",
            Remedies.KeepPorts,
            Remedies.UseIpv6),
        new(
            "counter-too-busy",
            "Other hosts move {whose} router's counter faster than it can be followed within the probe budget.",
            "try again when the network is quieter",
            Remedies.ProbeMore,
            Remedies.KeepPorts),
        new("ports-drawn-from-too-many", "{whose} router draws its ports from so many that the probe budget would hardly ever meet one.", Remedies.ProbeMore, Remedies.KeepPorts, Remedies.UseIpv6),
        new("addresses-drawn", "{whose} router gives each connection another of its few addresses: all of them are asked.", Remedies.Nothing, Remedies.KeepAddress),
        new("addresses-drawn-from-too-many", "{whose} router gives each connection another address, from so many that asking some of them would hardly ever meet one.", Remedies.KeepAddress, Remedies.UseIpv6),
        new(
            "ports-on-too-many-addresses",
            "{whose} router draws an address for each port that it gives, so that the probe budget would hardly ever meet both.",
            Remedies.ProbeMore,
            Remedies.KeepAddress,
            Remedies.KeepPorts,
            Remedies.UseIpv6),
        new("both-ports-drawn", "Both routers draw their ports, so that both ends would have to be guessed at once.", Remedies.KeepPorts, Remedies.UseIpv6, Remedies.AnotherNetwork),
        new(
            "failed-here-before",
            "Prediction failed between these two networks before, three times in a row, so that it is not tried for some days.",
            "wait: what is remembered is forgotten after seven days",
            "use another network on one side",
            Remedies.KeepPorts),
    ];
}
