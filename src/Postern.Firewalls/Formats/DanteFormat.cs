using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Formats.Proxies;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// Rules for Dante's SOCKS server, which opens the flows of those who ask it to: everybody's rules, or, with <c>--into user=NAME</c>,
/// one user's. A whole policy is a danted.conf.
/// </summary>
public sealed class DanteFormat : IRuleFormat
{
    private const string FileName = "danted.conf";

    public string Id => "dante";

    public string Title => "Dante (SOCKS server)";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        var user = ProxyUser.Of(options);
        if (options.IsUndo)
        {
            return new([TagUndo.Script(policy, "/etc/danted.conf", tag => $"/^# {tag}/,/^}}/d", "systemctl restart danted")], [], 0);
        }

        var written = WrittenRules<string>.Of(policy, options.Versions, rule => DanteRule.Write(rule, options.Versions, user));
        var blocks = Clients(written, options.Versions).Concat(written.Rules.SelectMany(next => next.Parts, (next, block) => (next.Rule.Id, block)))
            .Select(next => $"# {RuleTag.Of(next.Item1)}\n{next.Item2}");
        var body = string.Concat(options.IsWhole ? [Server(written, user), .. blocks, End(options.Versions)] : blocks);
        var head = HeaderComment.Of("#", [.. Head(options, user), .. options.Remarks], written.Losses);
        return new([new(FileName, $"{head}\n{body}")], written.Losses, written.Opened);
    }

    private static IEnumerable<(string Id, string Block)> Clients(WrittenRules<string> written, IReadOnlyList<IpVersion> versions) =>
        (from next in written.Rules
         where next.Rule.Verdict.LetsPass
         from flow in ProxiedFlow.Of(next.Rule, versions).Parts
         from network in DanteRule.Clients(flow)
         select (Id: $"{RuleTag.Application(next.Rule.Id)}:clients", Block: DanteRule.Client(network, flow.Version == IpVersion.V4))).Distinct();

    private static string Server(WrittenRules<string> written, string? user)
    {
        var inside = Interfaces(written.Rules.Select(next => next.Rule.Match.From));
        var outside = Interfaces(written.Rules.Select(next => next.Rule.Match.To));
        return $"""
            logoutput: syslog
            user.privileged: root
            user.unprivileged: proxy
            {string.Concat(inside.DefaultIfEmpty("eth1").Select(name => $"internal: {name} port = 1080\n"))}{string.Concat(outside.DefaultIfEmpty("eth0").Select(name => $"external: {name}\n"))}clientmethod: none
            socksmethod: {(user is null ? "none" : "username")}


            """;
    }

    private static IEnumerable<string> Interfaces(IEnumerable<Zone?> zones) => zones.OfType<Zone>().SelectMany(zone => zone.Interfaces).Distinct();

    private static string End(IReadOnlyList<IpVersion> versions) => string.Concat(versions.Order().Select(version =>
        $"socks block {{\n    from: {(version == IpVersion.V4 ? "0.0.0.0/0" : "::/0")} to: {(version == IpVersion.V4 ? "0.0.0.0/0" : "::/0")}\n    log: connect error\n}}\n"));

    private static IEnumerable<string> Head(FormatOptions options, string? user)
    {
        yield return options.IsWhole
            ? "A whole configuration for Dante's SOCKS server: /etc/danted.conf. Check: danted -V; then start the server, and have it started with the system."
            : "Rules for Dante's SOCKS server: put them into /etc/danted.conf before its other rules. Check: danted -V    Remove: the same command with --undo";
        yield return user is null ? "They are for everybody at these addresses." : $"They are for the user {user} alone, who must log in.";
        yield return "The server opens the flows from ports of its own: it does not look at source ports. Clients: SOCKS5, this host, port 1080.";
    }
}
