namespace Postern.Protocol.Reasons;

/// <summary>Why a path can be or cannot be, apart from holes.</summary>
internal static class PathReasons
{
    public static readonly Reason[] All =
    [
        new("public-here", "This side has a public address that anybody may send to.", Remedies.Nothing),
        new("public-there", "The other side has a public address that anybody may send to.", Remedies.Nothing),
        new(
            "no-public-side",
            "Neither side has a public address that anybody may send to.",
            "nothing has to be done where a punched hole works",
            Remedies.UseIpv6),
        new("same-network", "Both sides have the same outer address, so they probably share a network.", Remedies.Nothing),
        new("hairpin", "Both sides are behind one router, and it passes packets between its own clients.", Remedies.Nothing),
        new(
            "no-hairpin",
            "Both sides are behind one router, and it does not pass packets between its own clients.",
            "switch the router's hairpin NAT on, also called NAT loopback or NAT reflection",
            "let the two computers reach each other inside: no client isolation in the wireless network",
            Remedies.UseIpv6),
        new(
            "families-differ",
            "One side has IPv4 and the other IPv6; they meet only at a relay that has both.",
            "let both sides have IPv6, or both IPv4",
            "use a relay with addresses of both families: 'postern up --listen 203.0.113.7 --listen [2001:db8::7]'"),
        new("relay-always", "Both sides can reach a relay.", Remedies.Nothing),
        new(
            "tcp-not-built",
            "Some pairs that UDP cannot join can be joined by TCP; this version does not do that yet.",
            "nothing has to be done: the relay carries the call",
            Remedies.KeepPorts),
        new(
            "mapping-not-built",
            "A router may open a port when a program asks it to (UPnP, NAT-PMP, PCP); calls of this version do not ask yet.",
            "nothing has to be done: the relay carries the call",
            Remedies.KeepPorts),
        new(
            "method-not-there",
            "One of the two sides cannot do this: it has no such method, or has not measured what the method needs.",
            "let both sides have this version, and let 'postern check' measure the network on either side",
            "nothing has to be done: the relay carries the call"),
        new(
            "relay-over-https",
            "The relay is reached over HTTPS, on the switchboard's own port, where UDP does not get out.",
            "nothing has to be done: the call is carried, with more delay where packets are lost",
            Remedies.AllowUdp),
        new(
            "relay-over-https-not-offered",
            "The switchboard does not offer its relay over HTTPS.",
            "use a switchboard that does, such as 'postern up' of this version",
            Remedies.AllowUdp,
            Remedies.AnotherNetwork),
        new(
            "relayed-over-https",
            "{whose} network lets no UDP through to the relay: it is reached over HTTPS.",
            "nothing has to be done: the call is carried, with more delay where packets are lost",
            Remedies.AllowUdp),
    ];
}
