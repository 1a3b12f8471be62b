using System.Text.RegularExpressions;

namespace Postern.Tests.Formats;

/// <summary>
/// What may stand in a line of the formats that no tool here reads: written after their documentation (pf.conf(5) of OpenBSD and of
/// FreeBSD, New-NetFirewallRule, RouterOS' firewall, OpenWrt's firewall configuration, DEFENDO's page), by other hands than the formats'
/// own code.
/// </summary>
internal static partial class FormatGrammar
{
    private const string V4 = @"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?:/(?:3[0-2]|[12]?\d))?";
    private const string V6 = @"[0-9a-f]*:[0-9a-f:]*(?:/(?:12[0-8]|1[01]\d|\d?\d))?";
    private const string Host = $"(?:{V4}|{V6})";
    private const string Number = @"(?:0|[1-9]\d{0,4})";
    private const string Tag = @"postern:[A-Za-z0-9:._-]+";
    private const string Name = "[A-Za-z][A-Za-z0-9.-]{0,14}";

    private const string PfOn = $@"on (?:{Name}|\{{ {Name}(?:, {Name})* \}})";
    private const string PfPort = $@" port (?:{Number}(?::{Number})?|\{{ {Number}(?::{Number})?(?:, {Number}(?::{Number})?)* \}})";
    private const string PfHost = $@"(?:any|! \(self\)|\(self\)|{Host}|\{{ {Host}(?:, {Host})* \}})";
    private const string PfEnds = $@"from {PfHost}(?:{PfPort})? to {PfHost}(?:{PfPort})?";
    private const string PfHead = @"(?: inet6?)?(?: proto (?:tcp|udp|icmp6?|\d{1,3}))?";
    private const string PfType = @"(?: icmp6?-type (?:\d{1,3}|\{ \d+(?:, \d+)* \}))?";
    private const string PfRest = $@"(?: label ""{Tag}"")?(?: tag ""{Tag}"")?";
    private const string PfFilter = $@"(?:pass|block drop|block return) (?:in|out)(?: log)? quick(?: {PfOn})?{PfHead} {PfEnds}{PfType}";
    private const string PfShort = $@"set skip on lo|block drop quick|(?:pass|block drop|block return) (?:in|out)(?: log)? quick(?: {PfOn})?(?: tagged ""{Tag}"")?|pass out quick from \(self\)"
        + @"|pass quick inet6 proto icmp6 icmp6-type \{ 133, 134, 135, 136 \}";

    public static Regex Of(string format) => format switch
    {
        "pf-openbsd" => OpenBsd(),
        "pf-freebsd" => FreeBsd(),
        "windows" => Windows(),
        "mikrotik" => Mikrotik(),
        "defendo" => Defendo(),
        "openwrt" => OpenWrt(),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such format."),
    };

    [GeneratedRegex($@"^(?:{PfShort}|{PfFilter}(?: rdr-to {Host}(?: port {Number})?)?{PfRest})$")]
    private static partial Regex OpenBsd();

    [GeneratedRegex($@"^(?:{PfShort}|{PfFilter}{PfRest}|rdr pass {PfOn}{PfHead} {PfEnds} tag ""{Tag}"" -> {Host}(?: port {Number})?)$")]
    private static partial Regex FreeBsd();

    private const string WindowsPorts = $@"(?:{Number}|'{Number}-{Number}')(?:,(?:{Number}|'{Number}-{Number}'))*";
    private const string WindowsHosts = $"'{Host}(?:-{Host})?'(?:,'{Host}(?:-{Host})?')*";

    [GeneratedRegex($@"^(?:Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Block"
        + $@"|New-NetFirewallRule -DisplayName '{Tag}' -Group '{Tag}' -Direction (?:Inbound|Outbound)(?: -InterfaceAlias '{Name}')? -Protocol (?:Any|\d{{1,3}}|ICMPv[46](?: -IcmpType \d{{1,3}})?"
        + $@"|(?:TCP|UDP)(?: -LocalPort {WindowsPorts})?(?: -RemotePort {WindowsPorts})?)(?: -LocalAddress {WindowsHosts})?(?: -RemoteAddress {WindowsHosts})? -Action (?:Allow|Block))$")]
    private static partial Regex Windows();

    private const string MikrotikPorts = $"{Number}(?:-{Number})?(?:,{Number}(?:-{Number})?){{0,14}}";

    [GeneratedRegex($@"^/ip(?:v6)? firewall (?:filter|nat) add chain=(?:input|forward|output|dstnat|srcnat)(?: connection-state=(?:established,related|invalid))?(?: in-interface={Name})?(?: out-interface={Name})?"
        + $@"(?: src-address={Host})?(?: dst-address={Host})?(?: dst-address-type=local)?(?: connection-nat-state=dstnat)?(?: protocol=(?:tcp|udp|sctp|icmp|icmpv6|\d{{1,3}}))?(?: src-port={MikrotikPorts})?(?: dst-port={MikrotikPorts})?"
        + $@"(?: icmp-options=\d{{1,3}}(?:-\d{{1,3}})?:0-255)? action=(?:accept|drop|reject reject-with=(?:tcp-reset|icmp-port-unreachable)|masquerade|dst-nat to-addresses={Host}(?: to-ports={Number})?)"
        + $@"(?: log=yes log-prefix=""[^""$\\]*"")? comment=""{Tag}""$")]
    private static partial Regex Mikrotik();

    [GeneratedRegex($@"^(?:tcp|udp):{V4}\(\*\)->(?:\*|{V4})\((?:\*|{Number}(?:-{Number})?)\)$")]
    private static partial Regex Defendo();

    private const string UciPorts = $"{Number}(?:-{Number})?(?: {Number}(?:-{Number})?)*";

    [GeneratedRegex($@"^(?:|config (?:defaults|zone|rule|redirect|forwarding)|\t(?:option name '(?:{Tag}|[a-z][a-z0-9]*)'|option (?:src|dest) '(?:\*|[a-z][a-z0-9]*)'|option family '(?:ipv4|ipv6|any)'|list proto '(?:all|tcp|udp|icmp|\d{{1,3}})'"
        + $@"|list icmp_type '[a-z-]+'|list (?:src_ip|dest_ip) '{Host}'|option (?:dest_ip|src_dip) '{Host}'|option (?:src_port|dest_port|src_dport) '{UciPorts}'|option (?:reflection '0'|log '1')|list device '{Name}'"
        + @"|option (?:input|output|forward|target) '(?:ACCEPT|DROP|REJECT|DNAT)'))$")]
    private static partial Regex OpenWrt();
}
