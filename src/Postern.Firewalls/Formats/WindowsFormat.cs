using System.Globalization;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>Windows' own firewall, by PowerShell. It guards one host; what it blocks it blocks in silence, and a block beats every allow.</summary>
public sealed class WindowsFormat : IRuleFormat
{
    private const string FileName = "postern.ps1";
    private const int MaxPairs = 64;

    public string Id => "windows";

    public string Title => "Windows (PowerShell)";

    public bool IsVerifiedByTool => false;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "Windows has one list of rules");
        var groups = policy.Rules.Select(rule => RuleTag.Application(rule.Id)).Distinct().Select(name => $"{RuleTag.Prefix}{name}").ToList();
        if (options.IsUndo)
        {
            return new([new(FileName, string.Concat(groups.Select(name => $"Get-NetFirewallRule -Group '{name}' | Remove-NetFirewallRule\n")))], [], 0);
        }

        var texts = ChainTexts.Of(policy, options with { IsWhole = false }, options.Versions, rule => Write(policy, rule));
        var lines = new[] { Place.Input, Place.Output }.SelectMany(texts.Of);
        var profile = options.IsWhole ? "Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Block\n" : "";
        var head = HeaderComment.Of("#", [Unverified.Line, .. Head(options), .. options.Remarks], texts.Losses);
        return new([new(FileName, $"{head}\n{profile}{string.Concat(lines.Select(line => $"{line}\n"))}")], texts.Losses, texts.Opened);
    }

    private static KernelText Write(Policy policy, KernelRule rule) => rule.Action is KernelAction.Leave ? new([], null)
        : Loss(policy, rule) is { } loss ? KernelText.Lost(loss)
        : new([.. Split(rule.Match).SelectMany(match => Lines(rule, match)).Select(line => (rule.Place, line))], null);

    private static string? Loss(Policy policy, KernelRule rule) => rule.Match switch
    {
        _ when rule.Place is not (Place.Input or Place.Output) => "Windows' firewall guards its own host, and forwards nothing.",
        _ when rule.Action is KernelAction.Reject => "Windows' firewall refuses in silence; it cannot answer no.",
        _ when rule.Action is KernelAction.Drop && IsAllowed(policy, rule) => "On Windows a block beats every allow, also of a rule before it.",
        _ when rule.LogPrefix is not null => "Windows' firewall writes its log by profile, not by rule.",
        { Protocol: IpProtocol.Any or IpProtocol.Sctp or IpProtocol.UdpLite, LooksAtPorts: true } => "Windows' firewall looks at the ports of TCP and UDP alone.",
        { SamePort: true } match when match.SourcePorts.Intersect(match.DestinationPorts).Count > MaxPairs => "Windows' firewall cannot compare the source port with the destination port.",
        _ => null,
    };

    private static bool IsAllowed(Policy policy, KernelRule rule) =>
        policy.Rules.FirstOrDefault(next => next.Id == rule.RuleId) is { } drop
        && policy.Rules.TakeWhile(next => next != drop).Any(earlier => earlier.Verdict.LetsPass && Packets.Overlap(earlier.Match, drop.Match));

    private static IEnumerable<KernelMatch> Split(KernelMatch match) => match.SamePort
        ? from range in match.SourcePorts.Intersect(match.DestinationPorts).Ranges
          from port in Enumerable.Range(range.First, range.Count)
          select match with { SamePort = false, SourcePorts = PortSet.Of((ushort)port), DestinationPorts = PortSet.Of((ushort)port) }
        : [match];

    private static IEnumerable<string> Lines(KernelRule rule, KernelMatch match)
    {
        var isIn = rule.Place == Place.Input;
        var (local, remote) = isIn ? (match.Destination, match.Source) : (match.Source, match.Destination);
        var (localPorts, remotePorts) = isIn ? (match.DestinationPorts, match.SourcePorts) : (match.SourcePorts, match.DestinationPorts);
        foreach (var alias in (isIn ? match.In : match.Out).DefaultIfEmpty(""))
        {
            yield return string.Concat(
                "New-NetFirewallRule",
                $" -DisplayName '{RuleTag.Of(rule.RuleId)}' -Group '{RuleTag.Prefix}{RuleTag.Application(rule.RuleId)}' -Direction {(isIn ? "Inbound" : "Outbound")}",
                alias.Length == 0 ? "" : $" -InterfaceAlias '{alias}'",
                $" -Protocol {Protocol(match.Protocol)}",
                match.IcmpType is { } type ? string.Create(CultureInfo.InvariantCulture, $" -IcmpType {type}") : "",
                Ports(" -LocalPort", localPorts),
                Ports(" -RemotePort", remotePorts),
                local is null ? "" : $" -LocalAddress {Addresses(local)}",
                remote is not null ? $" -RemoteAddress {Addresses(remote)}" : Everywhere(match.Version),
                $" -Action {(rule.Action is KernelAction.Accept ? "Allow" : "Block")}");
        }
    }

    private static string Protocol(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Any => "Any",
        IpProtocol.Tcp => "TCP",
        IpProtocol.Udp => "UDP",
        IpProtocol.Icmp => "ICMPv4",
        IpProtocol.Icmp6 => "ICMPv6",
        _ => $"{(byte)protocol}",
    };

    private static string Ports(string parameter, PortSet ports) => ports.IsAny ? "" : $"{parameter} {string.Join(',', ports.Ranges.Select(range => range.Count == 1 ? $"{range}" : $"'{range}'"))}";

    private static string Addresses(AddressSet set) => string.Join(',', set.Ranges.Select(range => range.First == range.Last || range.Networks().Take(2).Count() == 1
        ? $"'{AddressSet.Text(range.Networks().First())}'"
        : $"'{AddressRange.Address(range.Version, range.First)}-{AddressRange.Address(range.Version, range.Last)}'"));

    /// <summary>Without a word it is both families.</summary>
    private static string Everywhere(IpVersion? version) => version switch
    {
        IpVersion.V4 => " -RemoteAddress '0.0.0.0-255.255.255.255'",
        IpVersion.V6 => " -RemoteAddress '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'",
        _ => "",
    };

    private static IEnumerable<string> Head(FormatOptions options)
    {
        yield return options.IsWhole
            ? "What no rule allows is blocked, in and out; the rules that stand stay. Run as administrator."
            : "Rules beside those that stand. Run as administrator. Try: with -WhatIf after each command    Remove: the same command with --undo";
        yield return "LocalPort is this host's port in both directions: outgoing, the source port.";
    }
}
