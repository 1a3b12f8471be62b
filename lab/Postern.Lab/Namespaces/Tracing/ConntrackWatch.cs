using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>Mappings of a kernel router as the program <c>conntrack</c> tells them, in the words of our own routers.</summary>
public static class ConntrackWatch
{
    /// <summary>Gives each line to <paramref name="say"/> until it is told to stop.</summary>
    public static async Task RunAsync(string lab, string router, Action<JsonObject> say, CancellationToken stop)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", LabNames.Namespace(lab, router), "conntrack", "-E", "-e", "NEW,DESTROY"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await using var ending = stop.Register(() => process.Kill(entireProcessTree: true)).ConfigureAwait(false);
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            if (Read(line) is { } happened)
            {
                say(happened);
            }
        }

        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        if (!stop.IsCancellationRequested)
        {
            throw new LabException($"'conntrack' ended: {(await process.StandardError.ReadToEndAsync(CancellationToken.None).ConfigureAwait(false)).Trim()}");
        }
    }

    /// <summary>A line such as "[NEW] udp 17 30 src=192.168.1.10 dst=203.0.113.2 sport=5000 dport=3478 [UNREPLIED] src=203.0.113.2 dst=198.51.100.2 sport=3478 dport=5000".</summary>
    internal static JsonObject? Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isNew = words.Contains("[NEW]");
        if (words.Length < 3 || (!isNew && !words.Contains("[DESTROY]")))
        {
            return null;
        }

        var transport = words[Array.FindIndex(words, word => word is "[NEW]" or "[DESTROY]") + 1];
        var ends = new Dictionary<string, string>[] { [], [] };
        foreach (var pair in words.Select(word => word.Split('=')).Where(pair => pair.Length == 2))
        {
            _ = ends[0].TryAdd(pair[0], pair[1]) || ends[1].TryAdd(pair[0], pair[1]);
        }

        if (!ends[0].ContainsKey("src") || !ends[1].ContainsKey("dst"))
        {
            return null;
        }

        var happened = new JsonObject
        {
            ["at"] = Math.Round((DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds, 6),
            ["event"] = isNew ? "mapping" : "gone",
            ["transport"] = string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(transport[0])}{transport[1..]}"),
            ["inner"] = End(ends[0], "src", "sport"),
            ["outer"] = End(ends[1], "dst", "dport"),
        };
        happened[isNew ? "remote" : "reason"] = isNew ? End(ends[0], "dst", "dport") : "expired";
        return happened;
    }

    private static string End(Dictionary<string, string> end, string address, string port) =>
        $"{(end[address].Contains(':') ? $"[{end[address]}]" : end[address])}:{end.GetValueOrDefault(port) ?? end.GetValueOrDefault("id", "0")}";
}
