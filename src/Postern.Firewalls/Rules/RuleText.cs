using System.Globalization;

namespace Postern.Firewalls.Rules;

/// <summary>Rules in plain words.</summary>
public static class RuleText
{
    /// <summary>"Let pass: udp from 192.168.1.10 port 14357 in loc to net ports 80,443: …".</summary>
    public static string Sentence(Rule rule)
    {
        var match = rule.Match;
        var helper = rule.Helper is null ? "" : $" with the helper {rule.Helper}";
        var log = rule.LogPrefix is null ? "" : $", written to the log as \"{rule.LogPrefix}\"";
        var why = rule.Why.Length > 0 ? $": {rule.Why.TrimEnd('.')}" : "";
        return $"{Words(rule.Verdict)} {Protocol(match)} from {End(match.From, match.Source, match.SourcePorts)} "
            + $"to {End(match.To, match.Destination, match.DestinationPorts)}{(match.SamePort ? ", the same port at both ends" : "")}{helper}{log}{why}.";
    }

    public static string Sentence(DefaultVerdict last)
    {
        var log = last.LogPrefix is null ? "" : $", written to the log as \"{last.LogPrefix}\"";
        return $"Else {Words(last.Verdict)} what goes from {Place(last.From)} to {Place(last.To)}{log}.";
    }

    private static string Words(Verdict verdict) => verdict switch
    {
        Verdict.Accept => "let pass",
        Verdict.Drop => "drop",
        Verdict.Reject => "refuse",
        Verdict.Forward { Port: { } port } forward => string.Create(CultureInfo.InvariantCulture, $"hand to {forward.To} port {port}"),
        Verdict.Forward forward => $"hand to {forward.To}",
        _ => throw new InvalidOperationException($"Unknown verdict {verdict}."),
    };

    private static string Protocol(Match match) =>
        match.IcmpType is { } type ? string.Create(CultureInfo.InvariantCulture, $"{match.Protocol.Word()} type {type}") : match.Protocol.Word();

    private static string End(Zone? zone, AddressSet addresses, PortSet ports)
    {
        var isAnyone = addresses.IsAny || Enum.GetValues<IpVersion>().Any(version => addresses.Equals(AddressSet.Any.Of(version)));
        var who = isAnyone ? Place(zone) : zone is { IsSelf: true } ? $"{addresses} ({Place(zone)})" : $"{addresses} in {Place(zone)}";
        return ports.IsAny ? who : $"{who} port {ports}";
    }

    private static string Place(Zone? zone) => zone is null ? "anywhere" : zone.IsSelf ? "the firewall" : zone.Name;
}
