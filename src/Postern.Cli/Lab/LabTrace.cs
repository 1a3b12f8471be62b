using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Tracing;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab trace</c>.</summary>
internal static class LabTrace
{
    public static async Task<int> RunAsync(string? lab, string name, string? pcap, Output output, CancellationToken stop)
    {
        LabNetworks.RequireRoot();
        var (state, member) = LabNetworks.Find(lab, name);
        try
        {
            var watching = (member.Kind, pcap) switch
            {
                (LabMember.TunRouter, null) => EventsAsync(state.Name, name, output, stop),
                (LabMember.TunRouter, _) => CopyAsync(state.Name, name, pcap, output, stop),
                (LabMember.KernelRouter, null) => MappingsAsync(state.Name, name, output, stop),
                _ => OnThreadAsync(() => Watch(state.Name, name, pcap, output, stop)),
            };
            await watching.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it ends.
        }

        return ExitCode.Success;
    }

    private static async Task EventsAsync(string lab, string router, Output output, CancellationToken stop)
    {
        using var lines = new StreamReader(RouterWatch.Events(lab, router));
        _ = await lines.ReadLineAsync(stop).ConfigureAwait(false); // it has taken us
        Begin(router, null, output);
        while (await lines.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
        {
            Say(JsonNode.Parse(line)!.AsObject(), output);
        }

        throw new LabException($"The router '{router}' has ended.");
    }

    private static async Task MappingsAsync(string lab, string router, Output output, CancellationToken stop)
    {
        Begin(router, null, output);
        await ConntrackWatch.RunAsync(lab, router, happened => Say(happened, output), stop).ConfigureAwait(false);
    }

    private static async Task CopyAsync(string lab, string router, string file, Output output, CancellationToken stop)
    {
        var packets = RouterWatch.Packets(lab, router);
        await using (packets.ConfigureAwait(false))
        {
            var target = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
            await using (target.ConfigureAwait(false))
            {
                if (await PcapngCopy.RunAsync(packets, target, () => Begin(router, file, output), stop).ConfigureAwait(false))
                {
                    throw new LabException($"The router '{router}' has ended.");
                }
            }
        }
    }

    private static void Begin(string name, string? file, Output output) =>
        output.Remark(file is null ? $"What happens at {name}; Ctrl-C ends it." : $"Packets of {name} go to {file}; Ctrl-C ends it.");

    private static void Watch(string lab, string name, string? pcap, Output output, CancellationToken stop)
    {
        using var watch = new PacketWatch(lab, name);
        using var file = pcap is null ? null : new PacketFile(pcap);
        Begin(name, pcap, output);
        watch.Run(
            (device, isArriving, packet) =>
            {
                if (file is not null)
                {
                    file.Add(device, isArriving, packet);
                }
                else
                {
                    Say(Packet(device, isArriving, packet), output);
                }
            },
            stop);
    }

    private static JsonObject Packet(string device, bool isArriving, ReadOnlySpan<byte> packet)
    {
        var traced = TracedPacket.Of(packet);
        var seen = new JsonObject
        {
            ["at"] = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds,
            ["event"] = isArriving ? "in" : "out",
            ["device"] = device,
            ["length"] = packet.Length,
            ["kind"] = traced.Kind,
        };
        foreach (var (name, value) in new[] { ("transport", traced.Transport), ("source", traced.Source), ("destination", traced.Destination) })
        {
            if (value is not null)
            {
                seen[name] = value;
            }
        }

        return seen;
    }

    private static void Say(JsonObject happened, Output output)
    {
        output.Line(Text(happened));
        output.Object(happened);
    }

    private static string Text(JsonObject happened)
    {
        var at = DateTime.UnixEpoch.AddSeconds((double)happened["at"]!).ToLocalTime().ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        var transport = ((string?)happened["transport"])?.ToUpperInvariant();
        var packet = TracedPacket.Line((string?)happened["kind"] ?? "", (string?)happened["source"], (string?)happened["destination"]);
        return $"{at} " + (string?)happened["event"] switch
        {
            "mapping" => $"mapping  {transport} {happened["inner"]} is {happened["outer"]} towards {happened["remote"]}",
            "gone" => $"gone     {transport} {happened["inner"]} was {happened["outer"]}: {happened["reason"]}",
            "drop" => $"dropped  {packet}, from {(string?)happened["side"] switch { "inner" => "inside", _ => "outside" }}: {happened["reason"]}",
            "alarm" => $"ALARM    {happened["guard"]} takes {happened["source"]} for a scanner{((bool?)happened["banned"] == true ? ", and bans it" : "")}",
            "missed" => $"missed   {happened["count"]} events: they came faster than they were read",
            var way => $"{way,-8} {packet}, {happened["length"]} bytes, {happened["device"]}",
        };
    }

    /// <summary>On a thread of its own, since it moves into another network for good.</summary>
    private static Task OnThreadAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true }.Start();
        return done.Task;
    }
}
