using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Drivers.Probing;

/// <summary>
/// The purse as bytes, little-endian: eight letters; the time until which nothing is opened; the numbers of spends and of mappings;
/// each spend (target, port, time), each mapping (target, count, time); the first 8 bytes of SHA-256 over all that. Times are ticks of
/// 100 ns since the Unix epoch, targets are hashes of addresses.
/// </summary>
internal static class ProbeStateFormat
{
    public const int MostBytes = HeaderSize + (MostEntries * (SpendSize + MappingSize)) + ChecksumSize;

    private const int MostEntries = 8192; // twice what the purse keeps
    private const int HeaderSize = 24;
    private const int SpendSize = 18;
    private const int MappingSize = 20;
    private const int ChecksumSize = 8;

    public static byte[] Write(ProbeBudget budget)
    {
        ProbeSpend[] spends = [.. budget.Spends.TakeLast(MostEntries)];
        MappingSpend[] mappings = [.. budget.Mappings.TakeLast(MostEntries)];
        var bytes = new byte[HeaderSize + (spends.Length * SpendSize) + (mappings.Length * MappingSize) + ChecksumSize];
        var at = bytes.AsSpan();
        Letters.CopyTo(at);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], budget.SuspendedUntil.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], spends.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at[20..], mappings.Length);
        at = at[HeaderSize..];
        foreach (var spend in spends)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, spend.Target);
            BinaryPrimitives.WriteUInt16LittleEndian(at[8..], spend.Port);
            BinaryPrimitives.WriteInt64LittleEndian(at[10..], spend.At.Ticks);
            at = at[SpendSize..];
        }

        foreach (var made in mappings)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, made.Target);
            BinaryPrimitives.WriteInt32LittleEndian(at[8..], made.Count);
            BinaryPrimitives.WriteInt64LittleEndian(at[12..], made.At.Ticks);
            at = at[MappingSize..];
        }

        Checksum(bytes.AsSpan(..^ChecksumSize)).CopyTo(at);
        return bytes;
    }

    /// <summary>False for what is cut, changed or no such file at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ProbeBudget budget)
    {
        if (bytes.Length is < HeaderSize + ChecksumSize or > MostBytes || !bytes.StartsWith(Letters) || !bytes[^ChecksumSize..].SequenceEqual(Checksum(bytes[..^ChecksumSize])))
        {
            return false;
        }

        var (spends, mappings) = (BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]));
        if (spends is < 0 or > MostEntries || mappings is < 0 or > MostEntries || bytes.Length != HeaderSize + (spends * SpendSize) + (mappings * MappingSize) + ChecksumSize)
        {
            return false;
        }

        var at = bytes[HeaderSize..];
        budget.Load(
            [.. Spends(at[..(spends * SpendSize)]).OrderBy(spend => spend.At)],
            Mappings(at.Slice(spends * SpendSize, mappings * MappingSize)),
            new(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])));
        return true;
    }

    private static ReadOnlySpan<byte> Letters => "PstnPrb1"u8;

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes).AsSpan(0, ChecksumSize);

    private static List<ProbeSpend> Spends(ReadOnlySpan<byte> bytes)
    {
        var spends = new List<ProbeSpend>(bytes.Length / SpendSize);
        for (; bytes.Length > 0; bytes = bytes[SpendSize..])
        {
            spends.Add(new(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
                new(BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]))));
        }

        return spends;
    }

    private static List<MappingSpend> Mappings(ReadOnlySpan<byte> bytes)
    {
        var mappings = new List<MappingSpend>(bytes.Length / MappingSize);
        for (; bytes.Length > 0; bytes = bytes[MappingSize..])
        {
            mappings.Add(new(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
                new(BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]))));
        }

        return mappings;
    }
}
