using Postern.Protocol.Ice;
using Postern.Protocol.Nat;

namespace Postern.Sessions.Calls;

/// <summary>Why a call takes the path that it takes, as far as the two NAT reports tell.</summary>
internal static class CallReasons
{
    /// <summary>The causes on either side, ours first. Where the path is direct, only what would still improve it.</summary>
    /// <param name="path">The path in use, or the last one.</param>
    /// <param name="local">What was measured here.</param>
    /// <param name="remote">What the other side says that it has measured.</param>
    /// <param name="isRefused">The keeper of our own firewall has said no to direct ways: then that is the cause, whatever our NAT is like.</param>
    public static IReadOnlyList<ReportReason> Of(PathKind? path, NatReport? local, NatReport? remote, bool isRefused = false)
    {
        var reasons = new List<ReportReason>();
        if (path is not (null or PathKind.Relayed))
        {
            return reasons;
        }

        if (isRefused)
        {
            reasons.Add(new(
                "direct-prohibited",
                "you",
                "Your firewall refuses direct connections (administratively prohibited).",
                "ask whoever keeps it to let this computer send UDP to ports from 1024 on ('postern rules postern'); until then the relay is the way"));
        }
        else
        {
            Add(reasons, "you", local, remote);
        }

        Add(reasons, "peer", remote, local);
        return reasons;
    }

    private static void Add(List<ReportReason> reasons, string side, NatReport? own, NatReport? other)
    {
        var (nat, firewall) = side == "you" ? ("your router", "your firewall") : ("their router", "their firewall");
        if (own is null)
        {
            reasons.Add(new("nat-unmeasured", side, $"{Capital(nat)} was not measured yet.", "run 'postern check' on that side"));
        }
        else if (own.UdpBlocked)
        {
            reasons.Add(new("udp-blocked", side, $"{Capital(firewall)} lets no UDP through to the server.", "allow outgoing UDP, or at least to the relay's port"));
        }
        else if (own.Mapping is NatDependence.AddressAndPortDependent or NatDependence.AddressDependent or NatDependence.Dependent)
        {
            reasons.Add(new(
                "nat-dependent-mapping",
                side,
                $"{Capital(nat)} takes {Ports(own)} for each destination, so the port that the server sees is not the one that the other side would have to hit.",
                "let the router keep the source port (masquerade without 'random'), forward one UDP port, or use IPv6"));
        }
        else if (IsStrict(own) && other is { Mapping: NatDependence.AddressAndPortDependent or NatDependence.Dependent })
        {
            reasons.Add(new(
                "nat-strict-filtering",
                side,
                $"{Capital(firewall)} admits only the exact port that was written to, and the other side's port cannot be known beforehand.",
                "forward one UDP port to this computer, or use IPv6"));
        }
    }

    private static bool IsStrict(NatReport report) =>
        report.Filtering is NatDependence.AddressAndPortDependent or NatDependence.Dependent or NatDependence.AddressDependent;

    private static string Ports(NatReport report) => report.Ports.Kind switch
    {
        PortRuleKind.Step => "the next port in a row",
        PortRuleKind.Block => "a random port of its block",
        PortRuleKind.Random => "a new random port",
        _ => "a new port",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
