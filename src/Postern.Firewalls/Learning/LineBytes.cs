using System.Buffers;

namespace Postern.Firewalls.Learning;

/// <summary>What may stand in a line, and where it ends.</summary>
internal static class LineBytes
{
    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(octet => octet != '\t').Select(octet => (byte)octet), 127]);

    /// <summary>Whether there is a control character among them that is no tab.</summary>
    public static bool AreControls(ReadOnlySpan<byte> bytes) => bytes.ContainsAny(Controls);
}
