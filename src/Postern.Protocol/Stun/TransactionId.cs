using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Protocol.Stun;

/// <summary>The 96 bits that tie a response to its request (RFC 8489 §5).</summary>
public readonly record struct TransactionId(ulong High, uint Low)
{
    public const int Size = 12;

    /// <summary>RFC 8489 §5: "uniformly and randomly chosen … SHOULD be cryptographically random".</summary>
    public static TransactionId Draw(IRandom random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        random.Fill(bytes);
        return Read(bytes);
    }

    public static TransactionId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Low);
    }

    public override string ToString() => $"{High:x16}{Low:x8}";
}
