using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Protocol.Switching.Frames;

/// <summary>Frames to and from UTF-8. Reading never throws, whatever the bytes; what it returns has kept every rule of <see cref="FrameRules"/>.</summary>
public static class FrameCodec
{
    private static readonly ClientFrameJson Client = new(Relaxed(ClientFrameJson.Default.Options));
    private static readonly ServerFrameJson Server = new(Relaxed(ServerFrameJson.Default.Options));
    private static readonly PayloadJson Payload = new(Relaxed(PayloadJson.Default.Options));

    public static byte[] Write(ClientFrame frame) => JsonSerializer.SerializeToUtf8Bytes(frame, Client.ClientFrame);

    public static byte[] Write(ServerFrame frame) => JsonSerializer.SerializeToUtf8Bytes(frame, Server.ServerFrame);

    public static FrameError TryParse(ReadOnlySpan<byte> utf8, out ClientFrame? frame) => Finish(Read(utf8, Client.ClientFrame, out frame), ref frame, FrameRules.Keeps);

    public static FrameError TryParse(ReadOnlySpan<byte> utf8, out ServerFrame? frame) => Finish(Read(utf8, Server.ServerFrame, out frame), ref frame, FrameRules.Keeps);

    /// <summary>The payload of a signal; the caller sees that its kind is known.</summary>
    public static OpaqueJson Write(SignalPayload payload) => new(payload switch
    {
        SignalPayload.Described described => JsonSerializer.Serialize(described.Description, Payload.SessionDescription),
        SignalPayload.Candidate candidate => JsonSerializer.Serialize(candidate, Payload.Candidate),
        SignalPayload.EndOfCandidates end => JsonSerializer.Serialize(end, Payload.EndOfCandidates),
        SignalPayload.Bye bye => JsonSerializer.Serialize(bye, Payload.Bye),
        SignalPayload.Ports ports => JsonSerializer.Serialize(ports, Payload.Ports),
        _ => throw new ArgumentException("This payload has no wire form.", nameof(payload)),
    });

    public static FrameError TryParse(SignalKind kind, OpaqueJson json, out SignalPayload? payload)
    {
        payload = null;
        var error = kind switch
        {
            SignalKind.Offer or SignalKind.Answer or SignalKind.Restart => Described(kind, json, out payload),
            SignalKind.Candidate => Read(json.Text, Payload.Candidate, out payload),
            SignalKind.EndOfCandidates => Read(json.Text, Payload.EndOfCandidates, out payload),
            SignalKind.Bye => Read(json.Text, Payload.Bye, out payload),
            SignalKind.Ports => Read(json.Text, Payload.Ports, out payload),
            _ => FrameError.NotARecord,
        };
        return Finish(error, ref payload, DescriptionRules.Keeps);
    }

    private static FrameError Described(SignalKind kind, OpaqueJson json, out SignalPayload? payload)
    {
        var error = Read(json.Text, Payload.SessionDescription, out SessionDescription? description);
        payload = description is null ? null : new SignalPayload.Described(description);
        return error == FrameError.None && payload!.Kind != kind ? FrameError.BadField : error;
    }

    private static FrameError Read<T, TResult>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type, out TResult? result)
        where T : class, TResult
        where TResult : class
    {
        result = null;
        var error = JsonScan.Check(utf8);
        if (error != FrameError.None)
        {
            return error;
        }

        try
        {
            result = JsonSerializer.Deserialize(utf8, type);
            return result is null ? FrameError.NotARecord : FrameError.None;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            return FrameError.NotARecord; // the serializer has no other way to say so
        }
    }

    private static FrameError Read<T, TResult>(string? text, JsonTypeInfo<T> type, out TResult? result)
        where T : class, TResult
        where TResult : class => Read(System.Text.Encoding.UTF8.GetBytes(text ?? ""), type, out result);

    private static FrameError Finish<T>(FrameError error, ref T? result, Predicate<T> keepsRules)
        where T : class
    {
        if (error == FrameError.None && !keepsRules(result!))
        {
            error = FrameError.BadField;
        }

        result = error == FrameError.None ? result : null;
        return error;
    }

    // No HTML here: '+' and '&' of candidates and base64 stay legible.
    private static JsonSerializerOptions Relaxed(JsonSerializerOptions options) => new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
