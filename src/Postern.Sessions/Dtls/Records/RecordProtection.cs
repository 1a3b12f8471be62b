using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Postern.Sessions.Dtls.Records;

/// <summary>
/// AES-128-GCM over the records of one direction of one epoch (RFC 5288 §3). The explicit nonce is the record's epoch and
/// sequence number, which never repeat under one key.
/// </summary>
internal sealed class RecordProtection : IDisposable
{
    public const int KeySize = 16;
    public const int SaltSize = 4;
    public const int ExplicitNonceSize = 8;
    public const int TagSize = 16;

    /// <summary>What protection adds to a fragment.</summary>
    public const int Expansion = ExplicitNonceSize + TagSize;

    private const int NonceSize = SaltSize + ExplicitNonceSize;
    private const int AdditionalDataSize = 13;
    private readonly AesGcm _aes;
    private readonly byte[] _salt;

    public RecordProtection(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        _aes = new AesGcm(key, TagSize);
        _salt = salt.ToArray();
    }

    /// <summary>Writes header, explicit nonce, ciphertext and tag; returns their size.</summary>
    public int Seal(RecordHeader header, ReadOnlySpan<byte> plaintext, Span<byte> record)
    {
        var whole = header with { Length = plaintext.Length + Expansion };
        whole.Write(record);
        Span<byte> nonce = stackalloc byte[NonceSize];
        Span<byte> additional = stackalloc byte[AdditionalDataSize];
        _salt.CopyTo(nonce);
        record.Slice(3, ExplicitNonceSize).CopyTo(nonce[SaltSize..]);
        record.Slice(3, ExplicitNonceSize).CopyTo(record[RecordHeader.Size..]);
        WriteAdditionalData(whole, plaintext.Length, additional);
        var body = record[(RecordHeader.Size + ExplicitNonceSize)..];
        _aes.Encrypt(nonce, plaintext, body[..plaintext.Length], body.Slice(plaintext.Length, TagSize), additional);
        return whole.WholeSize;
    }

    /// <summary>
    /// Decrypts the fragment of a record; <paramref name="length"/> bytes of plaintext. False where it does not authenticate.
    /// </summary>
    public bool TryOpen(RecordHeader header, ReadOnlySpan<byte> fragment, Span<byte> plaintext, out int length)
    {
        length = fragment.Length - Expansion;
        if (length < 0 || length > plaintext.Length)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[NonceSize];
        Span<byte> additional = stackalloc byte[AdditionalDataSize];
        _salt.CopyTo(nonce);
        fragment[..ExplicitNonceSize].CopyTo(nonce[SaltSize..]);
        WriteAdditionalData(header, length, additional);
        try
        {
            _aes.Decrypt(nonce, fragment.Slice(ExplicitNonceSize, length), fragment[^TagSize..], plaintext[..length], additional);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_salt);
    }

    // RFC 5246 §6.2.3.3: seq_num + type + version + length of the plaintext; in DTLS seq_num is epoch and sequence number.
    private static void WriteAdditionalData(RecordHeader header, int length, Span<byte> additional)
    {
        BinaryPrimitives.WriteUInt64BigEndian(additional, ((ulong)header.Epoch << 48) | header.Sequence);
        additional[8] = (byte)header.Type;
        BinaryPrimitives.WriteUInt16BigEndian(additional[9..], header.Version);
        BinaryPrimitives.WriteUInt16BigEndian(additional[11..], (ushort)length);
    }
}
