using System.Text.Json;
using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Routing;
using Postern.Lab.Packets;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>What happens in a router, as one JSON object a line.</summary>
internal static class TraceLine
{
    private static readonly JsonWriterOptions Plain = new() { SkipValidation = true };

    public static void WriteEvent(Stream stream, BoxEvent happened) => Write(stream, json =>
    {
        switch (happened)
        {
            case BoxEvent.MappingMade made:
                json.WriteString("event", "mapping");
                WriteMapping(json, made.Transport, $"{made.Inner}", $"{made.Outer}");
                json.WriteString("remote", $"{made.Remote}");
                break;
            case BoxEvent.MappingGone gone:
                json.WriteString("event", "gone");
                WriteMapping(json, gone.Transport, $"{gone.Inner}", $"{gone.Outer}");
                json.WriteString("reason", gone.Reason);
                break;
            case BoxEvent.AlarmRaised alarm:
                json.WriteString("event", "alarm");
                json.WriteString("guard", alarm.Guard);
                json.WriteString("source", $"{alarm.Source}");
                json.WriteBoolean("banned", alarm.BannedUntil is not null);
                break;
        }
    });

    public static void WriteDrop(Stream stream, RouterSide side, ReadOnlySpan<byte> packet, DropReason reason)
    {
        var seen = TracedPacket.Of(packet);
        Write(stream, json =>
        {
            json.WriteString("event", "drop");
            json.WriteString("side", side == RouterSide.Inner ? "inner" : "outer");
            json.WriteString("reason", $"{reason}");
            json.WriteString("kind", seen.Kind);
            WriteWhereKnown(json, "transport", seen.Transport);
            WriteWhereKnown(json, "source", seen.Source);
            WriteWhereKnown(json, "destination", seen.Destination);
        });
    }

    public static void WriteWatching(Stream stream) => Write(stream, json => json.WriteString("event", "watching"));

    public static void WriteMissed(Stream stream, long count) => Write(stream, json =>
    {
        json.WriteString("event", "missed");
        json.WriteNumber("count", count);
    });

    private static void WriteMapping(Utf8JsonWriter json, Transport transport, string inner, string outer)
    {
        json.WriteString("transport", $"{transport}");
        json.WriteString("inner", inner);
        json.WriteString("outer", outer);
    }

    private static void WriteWhereKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Write(Stream stream, Action<Utf8JsonWriter> fill)
    {
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("at", (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds);
            fill(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
