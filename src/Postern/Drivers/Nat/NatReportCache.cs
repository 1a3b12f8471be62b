using System.Text.Json;
using Postern.Drivers.Probing;
using Postern.Protocol.Nat;

namespace Postern.Drivers.Nat;

/// <summary>What was measured of the networks that this user has been in, in a file: a few of them, the latest first.</summary>
internal sealed class NatReportCache(string folder)
{
    public const string FileName = "nats.json";

    /// <summary>Networks that are remembered; whoever has been in more starts anew in the oldest.</summary>
    public const int MostReports = 16;

    private const int MostBytes = 1 << 20;

    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 16 };

    private readonly string _file = Path.Combine(folder, FileName);

    /// <summary>The report of this network and when it was measured; null where there is none so young.</summary>
    public (NatReport Report, DateTimeOffset MeasuredAt)? Find(string identity, TimeSpan age, DateTimeOffset now)
    {
        foreach (var (report, measuredAt) in Read())
        {
            if (report.Identity == identity && measuredAt <= now && now - measuredAt < age)
            {
                return (report, measuredAt);
            }
        }

        return null;
    }

    /// <summary>Keeps those that found out anything; a folder that cannot be written keeps nothing.</summary>
    public void Keep(IEnumerable<NatReport> reports, DateTimeOffset now)
    {
        try
        {
            NatReport[] measured = [.. reports.Where(IsWorthKeeping)];
            if (measured.Length > 0)
            {
                StateFiles.CreateFolder(folder);
                var others = Read().Where(known => !measured.Any(report => report.Identity == known.Report.Identity));
                StateFiles.Replace(_file, Write(measured.Select(report => (report, now)).Concat(others).Take(MostReports)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it is measured again next time
        }
    }

    // A network that let nothing through has no name, and may let something through tomorrow.
    private static bool IsWorthKeeping(NatReport report) => report is { UdpBlocked: false, Mapped.Port: not 0, Identity.Length: > 0 };

    private static byte[] Write(IEnumerable<(NatReport Report, DateTimeOffset MeasuredAt)> known)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var (report, measuredAt) in known)
            {
                json.WriteStartObject();
                json.WriteString("measuredAt"u8, measuredAt);
                json.WritePropertyName("report"u8);
                json.WriteRawValue(NatReportJson.Write(report));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return bytes.ToArray();
    }

    /// <summary>What cannot be read is as good as nothing.</summary>
    private IReadOnlyList<(NatReport Report, DateTimeOffset MeasuredAt)> Read()
    {
        try
        {
            if (StateFiles.Read(_file, MostBytes) is not { Length: > 0 } bytes)
            {
                return [];
            }

            using var json = JsonDocument.Parse(bytes, Shallow);
            return json.RootElement.ValueKind == JsonValueKind.Array ? [.. json.RootElement.EnumerateArray().Take(MostReports).Select(Entry).OfType<(NatReport, DateTimeOffset)>()] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private static (NatReport Report, DateTimeOffset MeasuredAt)? Entry(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("measuredAt"u8, out var at) && at.ValueKind == JsonValueKind.String && at.TryGetDateTimeOffset(out var measuredAt)
        && entry.TryGetProperty("report"u8, out var report) && NatReportJson.TryRead(System.Text.Encoding.UTF8.GetBytes(report.GetRawText()), out var read)
            ? (read, measuredAt)
            : null;
}
