namespace Postern.Protocol.Reasons;

/// <summary>Why a hole works, or does not.</summary>
internal static class PunchReasons
{
    public static readonly Reason[] All =
    [
        new("both-mappings-stay", "Both routers keep one outer port for all targets, so each side can be told where to send.", Remedies.Nothing),
        new("moving-here-filter-open-there", "This side's router uses another port for each target, but the other side's router lets packets from any port in.", Remedies.Nothing, Remedies.KeepPorts),
        new("moving-there-filter-open-here", "The other side's router uses another port for each target, but this side's router lets packets from any port in.", Remedies.Nothing, Remedies.KeepPorts),
        new("both-move-filters-open", "Both routers use another port for each target, but their filters let the first packet in.", Remedies.Nothing, Remedies.KeepPorts),
        new("no-moving-here-filter-strict-there", "This side's router uses another port for each target, and the other side's router admits only the exact port that was told.", Remedies.KeepPorts, Remedies.UseIpv6, Remedies.ProbeMore),
        new("no-moving-there-filter-strict-here", "The other side's router uses another port for each target, and this side's router admits only the exact port that was told.", Remedies.KeepPorts, Remedies.UseIpv6, Remedies.ProbeMore),
        new("no-both-move", "Both routers use another port for each target, so neither side can be told where to send.", Remedies.KeepPorts, Remedies.UseIpv6),
        new("nat-dependent-mapping", "{whose} router takes {ports} for each destination, so the port that the server sees is not the one that the other side would have to hit.", Remedies.KeepPorts, Remedies.UseIpv6, Remedies.AnotherNetwork),
        new(
            "nat-strict-filtering",
            "{whose} firewall admits only the exact port that was written to, and the other side's port cannot be known beforehand.",
            "let the other side's router keep its ports, for a strict filter alone is no obstacle",
            "let UDP from any port of an address that was written to come in (address-dependent filtering, in many routers 'NAT type: moderate' or 'full cone')",
            Remedies.UseIpv6),
    ];
}
