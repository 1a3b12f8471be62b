namespace Postern.Protocol.Reasons;

/// <summary>What a person could do, where several reasons have it in common.</summary>
internal static class Remedies
{
    public const string KeepPorts = "let the router keep source ports: masquerade without 'random' on Linux, Static Port on pfSense and OPNsense, endpoint-independent NAT on MikroTik";

    public const string KeepAddress = "let the router keep one outer address for each computer: paired address pooling (RFC 4787, REQ-2), in iptables and nftables 'persistent'";

    public const string UseIpv6 = "use IPv6 on both sides: nothing is translated there";

    public const string ProbeMore = "allow more probing on both sides: '--probe bold' or '--probe fast'";

    public const string AnotherNetwork = "try another network on that side, such as a mobile phone's";

    public const string Nothing = "nothing has to be done; if calls go over the relay all the same, 'postern why NAME' says what became of each attempt";

    public const string AllowUdp = "allow outgoing UDP: 'postern rules postern --for client=self' names the smallest rules";

    public const string AllowRelay = "allow at least the relay: 'postern rules postern-relay-only --for client=self' names the rules for a server at port 443";

    public const string LeaveToHttps = "where that is meant so, leave it: the relay carries the call over HTTPS, if the switchboard offers it";
}
