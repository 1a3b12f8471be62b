namespace Postern.Net.Tests.Networks;

/// <summary>A reading of a counter.</summary>
/// <param name="Packets">Packets seen.</param>
/// <param name="Bytes">Their bytes, IP headers included.</param>
public readonly record struct PacketCount(long Packets, long Bytes)
{
    public static PacketCount operator -(PacketCount later, PacketCount earlier) => new(later.Packets - earlier.Packets, later.Bytes - earlier.Bytes);
}
