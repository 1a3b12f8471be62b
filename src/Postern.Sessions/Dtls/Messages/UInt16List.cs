using System.Buffers.Binary;

namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a vector of 16-bit numbers.</summary>
internal readonly ref struct UInt16List(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Count => _bytes.Length / 2;

    /// <summary>False for a vector that ends within a number.</summary>
    public bool IsWhole => _bytes.Length % 2 == 0;

    public ushort this[int index] => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(2 * index)..]);

    public bool Contains(ushort value)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i] == value)
            {
                return true;
            }
        }

        return false;
    }
}
