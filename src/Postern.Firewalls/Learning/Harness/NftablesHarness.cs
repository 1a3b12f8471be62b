using System.Globalization;
using System.Net;
using System.Text;
using Postern.Firewalls.Formats;

namespace Postern.Firewalls.Learning.Harness;

/// <summary>For nftables: the hosts stand in sets whose elements the kernel forgets when their time is over.</summary>
internal static class NftablesHarness
{
    private const string Tag = "postern:learn";

    public static IReadOnlyList<FormatFile> Write(HarnessOptions options)
    {
        var table = options.Into ?? "inet filter";
        string[] chains = options.IsRouter ? ["forward"] : ["input", "output"];
        var text = new StringBuilder(LearningHarness.Head(options, "nft -f postern-learn.nft", "sh postern-learn-undo.sh"));
        text.Append("# The chain must not end in a rule that stops everything: what comes behind it is never asked.\n");
        var log = options.Group is { } group ? $"log prefix \"{HarnessOptions.Prefix}\" group {group}" : $"log prefix \"{HarnessOptions.Prefix}\"";
        foreach (var family in options.Hosts.GroupBy(LearningHarness.IsV4).OrderByDescending(family => family.Key))
        {
            var (name, type, ip) = family.Key ? ("postern_learn4", "ipv4_addr", "ip") : ("postern_learn6", "ipv6_addr", "ip6");
            text.Append($"add set {table} {name} {{ type {type}; flags timeout; }}\n");
            foreach (var host in family)
            {
                text.Append(CultureInfo.InvariantCulture, $"add element {table} {name} {{ {host} timeout {Math.Max(1, (long)options.Length.TotalSeconds)}s }}\n");
            }

            foreach (var chain in chains)
            {
                foreach (var side in new[] { "saddr", "daddr" })
                {
                    text.Append($"add rule {table} {chain} {ip} {side} @{name} ct state new {log} accept comment \"{Tag}\"\n");
                }
            }
        }

        return [new("postern-learn.nft", text.ToString()), new("postern-learn-undo.sh", Undo(options.Hosts, table, chains))];
    }

    private static string Undo(IReadOnlyList<IPAddress> hosts, string table, string[] chains)
    {
        var text = new StringBuilder("#!/bin/sh\n# Removes the rules of postern-learn.nft, by their comment, and their sets.\nset -e\n");
        foreach (var chain in chains)
        {
            text.Append($"nft -a list chain {table} {chain} | sed -n 's/.*comment \"{Tag}\" # handle \\([0-9]*\\)$/delete rule {table} {chain} handle \\1/p' | nft -f -\n");
        }

        foreach (var isV4 in hosts.Select(LearningHarness.IsV4).Distinct())
        {
            text.Append($"nft delete set {table} postern_learn{(isV4 ? 4 : 6)}\n");
        }

        return text.ToString();
    }
}
