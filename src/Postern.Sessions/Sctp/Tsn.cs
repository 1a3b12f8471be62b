namespace Postern.Sessions.Sctp;

/// <summary>Transmission sequence numbers are kept in 64 bits here, so that they compare as they are; the wire has the lower 32 (RFC 9260 §1.6).</summary>
internal static class Tsn
{
    /// <summary>An initial TSN with room below it.</summary>
    public static long First(uint wire) => (1L << 32) + wire;

    /// <summary>The number nearest to <paramref name="reference"/> whose lower 32 bits are these.</summary>
    public static long Unwrap(uint wire, long reference) => reference + (int)(wire - (uint)reference);
}
