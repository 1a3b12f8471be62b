using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>A <see cref="NatReport"/> as JSON, as it travels in an offer and lies in a cache.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NatReport))]
public sealed partial class NatReportJson : JsonSerializerContext
{
    private const int LongestText = 64;
    private const int MostEntries = 64;

    public static byte[] Write(NatReport report) => JsonSerializer.SerializeToUtf8Bytes(report, Default.NatReport);

    /// <summary>Reads what another peer claims; false for what is no report or has immoderate lists. Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out NatReport? report)
    {
        try
        {
            report = JsonSerializer.Deserialize(json, Default.NatReport);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            report = null;
        }

        if (report is not null && !IsSound(report))
        {
            report = null;
        }

        return report is not null;
    }

    // 1e999 reads as infinity, which could not be written again.
    private static bool IsTime(double time) => time is >= 0 and < double.PositiveInfinity;

    // A peer may write null where the type says otherwise.
    private static bool IsSound(NatReport report) =>
        Enum.IsDefined(report.Family) && Enum.IsDefined(report.Mapping) && Enum.IsDefined(report.Filtering) && Enum.IsDefined(report.Hairpin)
        && report.Identity is { Length: <= LongestText }
        && report is { MappedAddresses: >= 0, Room: >= 0, Sent: >= 0 } && IsTime(report.RoundTripMilliseconds) && IsTime(report.TookMilliseconds) && IsTime(report.UnansweredLifetime)
        && report.Unknowns is { Count: <= MostEntries } && report.Unknowns.All(u => u is not null)
        && report.Ports is { Samples.Count: <= MostEntries } && Enum.IsDefined(report.Ports.Kind) && report.Ports.Samples.All(s => s is not null)
        && report.Ports.BlockStart is >= 0 and <= 65535 && report.Ports.BlockSize is >= 0 and <= 65536 && Math.Abs((long)report.Ports.Delta) <= 65535
        && report.Ports.ForeignMappings >= 0 && IsTime(report.Ports.WatchedMilliseconds);
}
