using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>Walks the chunks of a packet; use with <c>foreach</c>. Ends at the first chunk whose length cannot be (RFC 9260 §3.2).</summary>
public ref struct ChunkReader(ReadOnlySpan<byte> chunks)
{
    private ReadOnlySpan<byte> _rest = chunks;

    public Chunk Current { get; private set; }

    public readonly ChunkReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < Chunk.HeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < Chunk.HeaderSize || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        Current = new(_rest[..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
