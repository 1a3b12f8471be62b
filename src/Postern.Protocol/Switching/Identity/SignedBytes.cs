using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Protocol.Switching.Identity;

/// <summary>
/// The bytes under a signature: a purpose, then every field as its length (32 bits, network order) and its bytes. Two
/// different lists of fields can never give the same bytes, nor can a signature for one purpose serve another.
/// </summary>
internal sealed class SignedBytes
{
    private byte[] _bytes = new byte[512];
    private int _length;

    public SignedBytes(string purpose) => Add(purpose);

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public byte[] Hash => SHA256.HashData(Bytes);

    public SignedBytes Add(string? text)
    {
        var size = Encoding.UTF8.GetByteCount(text ?? "");
        Encoding.UTF8.GetBytes(text ?? "", Reserve(size));
        return this;
    }

    public SignedBytes Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    public SignedBytes Add(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(Reserve(8), number);
        return this;
    }

    private Span<byte> Reserve(int size)
    {
        if (_bytes.Length - _length < size + 4)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + size + 4));
        }

        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), size);
        _length += 4 + size;
        return _bytes.AsSpan(_length - size, size);
    }
}
