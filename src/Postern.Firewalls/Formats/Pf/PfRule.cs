using System.Globalization;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Pf;

/// <summary>
/// A rule as pf's. Each is <c>quick</c>, so that the first that matches decides. pf sees a forwarded packet twice: what is let in for
/// elsewhere bears a tag, and only with it, and only by the right interface, goes out.
/// </summary>
internal sealed class PfRule(Policy policy, PfDialect dialect)
{
    /// <summary>More would be no rule that a person can read.</summary>
    private const int MaxPairs = 64;

    /// <summary>PF_RULE_LABEL_SIZE is 64 with the closing zero, PF_TAG_NAME_SIZE too.</summary>
    private const int MaxLabel = 63;

    public RuleParts<PfText> Write(Rule rule, IReadOnlyList<IpVersion> versions)
    {
        var matches = KernelMatches.Of(rule.Match, Place.Forward, versions);
        return matches.Select(match => Loss(rule, match)).FirstOrDefault(loss => loss is not null) is { } loss
            ? RuleParts<PfText>.Lost(loss)
            : new([.. matches.Select(match => Text(rule, match, rule.Match.From!, rule.Match.To!))]);
    }

    /// <summary>A rule that lets a zone reach itself, or what becomes of the rest.</summary>
    public static string Default(DefaultVerdict next) => (next.From, next.Verdict) switch
    {
        ({ IsSelf: true }, Verdict.Accept) => "pass out quick from (self)\n",
        ({ IsSelf: true }, _) => "",
        (var from, var verdict) => $"{(verdict is Verdict.Accept ? "pass" : verdict is Verdict.Reject ? "block return" : "block drop")} in{(next.LogPrefix is null ? "" : " log")} quick{On(from?.Interfaces ?? [])}\n",
    };

    private string? Loss(Rule rule, KernelMatch match) => match switch
    {
        _ when rule.Match.From is null || rule.Match.To is null => "Without its zones a rule of pf would be for both ways of a packet.",
        { SamePort: true } when match.SourcePorts.Intersect(match.DestinationPorts).Count > MaxPairs => "pf cannot compare the source port with the destination port.",
        { LooksAtPorts: true, Protocol: not (IpProtocol.Tcp or IpProtocol.Udp) } => "pf looks at the ports of TCP and UDP alone.",
        _ when rule.Match.From.Interfaces.Concat(rule.Match.To.Interfaces).Any(name => name.EndsWith('+') || name.EndsWith('*')) => "pf has groups of interfaces, and no names with a wildcard.",
        _ when rule.Verdict is not Verdict.Forward => RefusalLoss(rule),
        _ when rule.Match.From.IsSelf || rule.Match.To is not { IsSelf: true } => "pf forwards what comes in for the firewall.",
        _ when rule.Target?.Is(rule.Match.From) ?? false => "What goes back to where it came from pf would have to give its own source address.",
        { Protocol: IpProtocol.Any } when ((Verdict.Forward)rule.Verdict).Port is not null => "Only TCP and UDP have a port to forward to.",
        _ => null,
    };

    /// <summary>A packet is refused where it comes in; where it would go out is not known there.</summary>
    private string? RefusalLoss(Rule rule) => !rule.Verdict.LetsPass && rule.Match is { From.IsSelf: false, To.IsSelf: false } && policy.Zones.Count > 2
        ? "pf refuses a packet where it comes in, and does not know there where it would go out."
        : null;

    private PfText Text(Rule rule, KernelMatch match, Zone from, Zone to)
    {
        var tag = Label(rule.Id);
        var head = $"{Family(match.Version)}{Protocol(match)}";
        var source = from.IsSelf && match.Source is null ? "(self)" : Addresses(match.Source);
        var arrives = match.Destination is { } named ? Addresses(named) : to.IsSelf ? "(self)" : from.IsSelf ? "any" : "! (self)";
        var ends = Pairs(match).Select(ports => $"from {source}{ports.Source} to {arrives}{ports.Destination}{Icmp(match)}").ToList();
        var action = (rule.Verdict switch { Verdict.Drop => "block drop", Verdict.Reject => "block return", _ => "pass" }) + (from.IsSelf ? " out" : " in") + (rule.LogPrefix is null ? "" : " log") + " quick";
        if (rule.Verdict is Verdict.Forward forward)
        {
            return Forwarded(forward, rule, head, ends, tag);
        }

        var isThrough = rule.Verdict.LetsPass && !from.IsSelf && !to.IsSelf;
        var label = $" label \"{tag}\"{(isThrough ? $" tag \"{tag}\"" : "")}";
        return new([], [.. ends.Select(end => $"{action}{On(from.IsSelf ? to.Interfaces : from.Interfaces)}{head} {end}{label}"), .. isThrough ? Out(to.Interfaces, tag) : []]);
    }

    private PfText Forwarded(Verdict.Forward forward, Rule rule, string head, List<string> ends, string tag)
    {
        var port = forward.Port is { } to ? string.Create(CultureInfo.InvariantCulture, $" port {to}") : "";
        var on = On(rule.Match.From!.Interfaces);
        IReadOnlyList<string> outside = Out(rule.Target?.Interfaces ?? [], tag);
        return dialect == PfDialect.OpenBsd
            ? new([], [.. ends.Select(end => $"pass in quick{on}{head} {end} rdr-to {forward.To}{port} label \"{tag}\" tag \"{tag}\""), .. outside])
            : new([.. ends.Select(end => $"rdr pass{on}{head} {end} tag \"{tag}\" -> {forward.To}{port}")], outside);
    }

    private static string[] Out(IReadOnlyList<string> interfaces, string tag) => interfaces.Count == 0
        ? [$"pass out quick tagged \"{tag}\""]
        : [$"pass out quick{On(interfaces)} tagged \"{tag}\"", $"block return out quick tagged \"{tag}\""];

    private static string On(IReadOnlyList<string> interfaces) => interfaces.Count == 0 ? "" : $" on {Set([.. interfaces])}";

    private static string Family(IpVersion? version) => version switch { IpVersion.V4 => " inet", IpVersion.V6 => " inet6", _ => "" };

    private static string Protocol(KernelMatch match) => match.Protocol switch
    {
        IpProtocol.Any => "",
        IpProtocol.Icmp6 => " proto icmp6",
        IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp => $" proto {match.Protocol.Word()}",
        _ => $" proto {(byte)match.Protocol}",
    };

    private static string Icmp(KernelMatch match) => match.IcmpType is { } type ? $" {(match.Protocol == IpProtocol.Icmp6 ? "icmp6-type" : "icmp-type")} {type}" : "";

    private static string Addresses(AddressSet? set) => set is null ? "any" : Set([.. set.Networks().Select(AddressSet.Text)]);

    private static IEnumerable<(string Source, string Destination)> Pairs(KernelMatch match) => match.SamePort
        ? from range in match.SourcePorts.Intersect(match.DestinationPorts).Ranges
          from port in Enumerable.Range(range.First, range.Count)
          select ($" port {port}", $" port {port}")
        : [(Ports(match.SourcePorts), Ports(match.DestinationPorts))];

    private static string Ports(PortSet ports) => ports.IsAny ? "" : $" port {Set([.. ports.Ranges.Select(range => range.Text(":"))])}";

    private static string Set(List<string> items) => items is [var only] ? only : $"{{ {string.Join(", ", items)} }}";

    private static string Label(string id) => RuleTag.Of(id, MaxLabel);
}
