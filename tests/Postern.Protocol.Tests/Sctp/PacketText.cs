using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

/// <summary>A packet in words, for dialogues: "CookieEcho+Data".</summary>
public static class PacketText
{
    public static string Of(ReadOnlySpan<byte> packet)
    {
        SctpPacket.TryParse(packet, out var parsed).ShouldBeTrue();
        var names = new List<string>();
        foreach (var chunk in parsed.Chunks)
        {
            names.Add(chunk.Type.ToString());
        }

        return string.Join('+', names);
    }

    public static IReadOnlyList<(byte Flags, uint Tsn, int Length)> DataOf(ReadOnlySpan<byte> packet)
    {
        SctpPacket.TryParse(packet, out var parsed).ShouldBeTrue();
        var found = new List<(byte, uint, int)>();
        foreach (var chunk in parsed.Chunks)
        {
            if (chunk.Type == SctpChunkType.Data && DataChunk.TryRead(chunk, out var data))
            {
                found.Add((data.Flags, data.Tsn, data.Payload.Length));
            }
        }

        return found;
    }
}
