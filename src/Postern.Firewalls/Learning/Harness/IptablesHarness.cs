using System.Globalization;
using System.Text;
using Postern.Firewalls.Formats;

namespace Postern.Firewalls.Learning.Harness;

/// <summary>For iptables and ip6tables: the match "time" ends the rules.</summary>
internal static class IptablesHarness
{
    private const string Chain = "POSTERN-LEARN";

    private static readonly string[] Sides = ["-s", "-d"];

    public static IReadOnlyList<FormatFile> Write(HarnessOptions options) =>
    [
        .. from family in options.Hosts.GroupBy(LearningHarness.IsV4).OrderByDescending(family => family.Key)
           let tool = family.Key ? "iptables" : "ip6tables"
           from file in new[] { Load(options, tool, [.. family.Select(host => host.ToString())]), Undo(options, tool, [.. family.Select(host => host.ToString())]) }
           select file,
    ];

    private static FormatFile Load(HarnessOptions options, string tool, string[] hosts)
    {
        var name = $"postern-learn.{tool}";
        var text = new StringBuilder(LearningHarness.Head(options, $"{tool}-restore --noflush {name}", $"{tool}-restore --noflush postern-learn-undo.{tool}"));
        var log = options.Group is { } group
            ? string.Create(CultureInfo.InvariantCulture, $"NFLOG --nflog-group {group} --nflog-prefix \"{HarnessOptions.Prefix}\"")
            : $"LOG --log-prefix \"{HarnessOptions.Prefix}\"";
        var time = $"-m time --datestop {LearningHarness.Stop(options)}"; // iptables counts in UTC
        text.Append($"*filter\n:{Chain} - [0:0]\n-A {Chain} {time} -j {log}\n-A {Chain} {time} -j ACCEPT\n");
        return new(name, Jumps(text, "-A", options, hosts).Append("COMMIT\n").ToString());
    }

    private static FormatFile Undo(HarnessOptions options, string tool, string[] hosts)
    {
        var text = Jumps(new StringBuilder($"# Removes postern-learn.{tool}.\n*filter\n"), "-D", options, hosts);
        return new($"postern-learn-undo.{tool}", text.Append($"-F {Chain}\n-X {Chain}\nCOMMIT\n").ToString());
    }

    private static StringBuilder Jumps(StringBuilder text, string verb, HarnessOptions options, string[] hosts)
    {
        string[] chains = options.Into is { } into ? [into] : options.IsRouter ? ["FORWARD"] : ["INPUT", "OUTPUT"];
        foreach (var (chain, host, side) in from chain in chains from host in hosts from side in Sides select (chain, host, side))
        {
            text.Append($"{verb} {chain} {side} {host} -m conntrack --ctstate NEW -j {Chain}\n");
        }

        return text;
    }
}
