using System.Buffers.Binary;

namespace Postern.Protocol.Stun;

/// <summary>Walks the attributes of a message that <see cref="StunMessage.TryParse"/> accepted; use with <c>foreach</c>.</summary>
public ref struct StunFields(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;

    public StunField Current { get; private set; }

    public readonly StunFields GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        Current = new((StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(_rest), _rest.Slice(4, length));
        _rest = _rest[(4 + ((length + 3) & ~3))..];
        return true;
    }
}
