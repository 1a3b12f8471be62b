using System.Globalization;
using System.Text;
using Postern.Firewalls.Formats;

namespace Postern.Firewalls.Learning.Harness;

/// <summary>For Shorewall: rules that log and accept, with a date in the column TIME; <see cref="HarnessOptions.Into"/> names the two zones, "loc net".</summary>
internal static class ShorewallHarness
{
    public static IReadOnlyList<FormatFile> Write(HarnessOptions options)
    {
        var zones = (options.Into ?? (options.IsRouter ? "loc net" : "$FW net")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (inside, outside) = (zones[0], zones[^1]);
        var text = new StringBuilder(LearningHarness.Head(options, "put these lines last in 'rules' (Shorewall6's for IPv6) and reload", "take them out again and reload"));
        var log = options.Group is { } group ? string.Create(CultureInfo.InvariantCulture, $"NFLOG({group})") : "info";
        foreach (var host in options.Hosts)
        {
            var address = LearningHarness.IsV4(host) ? host.ToString() : $"[{host}]";
            var end = inside == "$FW" ? inside : $"{inside}:{address}";
            text.Append($"ACCEPT:{log} {end} {outside} {{ time=datestop={LearningHarness.Stop(options)} }}\n");
            text.Append($"ACCEPT:{log} {outside} {end} {{ time=datestop={LearningHarness.Stop(options)} }}\n");
        }

        return [new("rules", text.ToString())];
    }
}
