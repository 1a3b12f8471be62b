using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>Walks parameters or error causes, which have one shape; use with <c>foreach</c>. Ends at the first that cannot be.</summary>
public ref struct ParameterReader(ReadOnlySpan<byte> parameters)
{
    private ReadOnlySpan<byte> _rest = parameters;

    public Parameter Current { get; private set; }

    public readonly ParameterReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < Parameter.HeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < Parameter.HeaderSize || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        Current = new(_rest[..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
