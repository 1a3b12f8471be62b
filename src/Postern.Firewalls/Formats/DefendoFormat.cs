using System.Text;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Formats.Proxies;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// Rules of DEFENDO's SOCKS proxy as its pages take them: <c>tcp:SOURCE(*)->*(*)</c>, everybody's, or, with <c>--into user=NAME</c>,
/// one user's. They permit alone; the source port is the proxy's affair, so it is always any.
/// </summary>
public sealed class DefendoFormat : IRuleFormat
{
    private const string Any = "*";

    public string Id => "defendo";

    public string Title => "DEFENDO (SOCKS proxy)";

    public bool IsVerifiedByTool => false;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        var user = ProxyUser.Of(options);
        IReadOnlyList<IpVersion> versions = options.Versions.Contains(IpVersion.V4) ? [IpVersion.V4] : [];
        var written = WrittenRules<string>.Of(policy, versions, Lines);
        var lines = written.Rules.SelectMany(next => next.Parts, (next, line) => (next.Rule, Line: line)).GroupBy(next => next.Line).ToList();
        var losses = options.IsUndo ? [] : written.Losses;
        var text = new StringBuilder(HeaderComment.Of("#", [Unverified.Line, .. Head(options, user), .. options.IsUndo ? [] : options.Remarks], losses)).Append('\n');
        foreach (var line in lines)
        {
            text.Append($"# {string.Join(", ", line.Select(next => RuleTag.Of(next.Rule.Id)).Distinct())}\n{line.Key}\n");
        }

        return new([new("defendo-socks.txt", text.ToString())], losses, options.IsUndo ? 0 : written.Opened);
    }

    private static RuleParts<string> Lines(Rule rule)
    {
        var flows = ProxiedFlow.Of(rule, [IpVersion.V4]);
        return !rule.Verdict.LetsPass ? RuleParts<string>.Lost("DEFENDO's SOCKS rules permit; what none permits is refused.")
            : flows.Loss is { } loss ? RuleParts<string>.Lost(loss)
            : new([.. from flow in flows.Parts
                      from source in flow.Clients.Networks()
                      from destination in flow.Destinations?.Networks().Select(AddressSet.Text) ?? [Any]
                      from ports in flow.Ports.IsAny ? [Any] : flow.Ports.Ranges.Select(range => range.ToString())
                      select $"{flow.Protocol.Word()}:{AddressSet.Text(source)}({Any})->{destination}({ports})"]);
    }

    private static IEnumerable<string> Head(FormatOptions options, string? user)
    {
        var page = user is null ? "Expert, Proxies, SOCKS proxy, tab Connections" : $"Administration, Users, {user}, tab SOCKS proxy";
        yield return options.IsUndo ? $"Take these lines away at: {page}" : $"Add each line at: {page}";
        if (options.IsUndo)
        {
            yield break;
        }

        yield return user is null
            ? "They are for all users, whether they log in or not. IPv4 alone."
            : $"They are for {user} after a successful login, who must be in the group system-proxy; the client needs user authentication. IPv4 alone.";
        yield return "Start the SOCKS proxy, and set it to autostart. Client: SOCKS5, DEFENDO's address, port 1080.";
        yield return "The documentation shows single addresses and * alone: check how your version wants networks (here A/LENGTH) and ranges of ports (here A-B).";
    }
}
