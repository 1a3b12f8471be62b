using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Postern.Protocol.Net;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>
/// Nonces that the server need not remember: cookie, expiry, and an HMAC over expiry, features and the client's address and
/// port. So a nonce is worth nothing from another address, after its time, or to another server.
/// </summary>
/// <remarks><code>| cookie (13 characters) | base64url of: expiry in seconds since 1970 (32 bits), HMAC-SHA256 (96 bits) |</code></remarks>
internal sealed class NonceMint(ReadOnlyMemory<byte> secret, SecurityFeatures features, long lifetime)
{
    public const int Size = NonceCookie.Size + TextSize;
    private const int TextSize = 22; // 16 bytes in base64 without padding
    private const int RawSize = 16;

    public void Write(Span<byte> nonce, Endpoint client, long unixNow)
    {
        NonceCookie.Write(nonce, features);
        Span<byte> raw = stackalloc byte[RawSize];
        Seal(raw, (uint)(unixNow + lifetime), client);
        Base64Url.EncodeToUtf8(raw, nonce[NonceCookie.Size..], out _, out _);
    }

    public bool IsValid(ReadOnlySpan<byte> nonce, Endpoint client, long unixNow)
    {
        Span<byte> given = stackalloc byte[RawSize];
        Span<byte> expected = stackalloc byte[RawSize];
        if (nonce.Length != Size
            || Base64Url.DecodeFromUtf8(nonce[NonceCookie.Size..], given, out _, out var written) != OperationStatus.Done
            || written != RawSize)
        {
            return false;
        }

        var expiry = BinaryPrimitives.ReadUInt32BigEndian(given);
        Seal(expected, expiry, client);
        return CryptographicOperations.FixedTimeEquals(given, expected)
            && NonceCookie.Read(nonce) == features
            && unixNow < expiry
            && expiry <= unixNow + lifetime + lifetime; // a clock that was set back must not make nonces that last
    }

    private void Seal(Span<byte> raw, uint expiry, Endpoint client)
    {
        Span<byte> message = stackalloc byte[26];
        BinaryPrimitives.WriteUInt32BigEndian(message, expiry);
        BinaryPrimitives.WriteUInt128BigEndian(message[4..], client.Address.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(message[20..], client.Port);
        BinaryPrimitives.WriteInt32BigEndian(message[22..], (int)features);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Span, message, mac);
        BinaryPrimitives.WriteUInt32BigEndian(raw, expiry);
        mac[..(RawSize - 4)].CopyTo(raw[4..]);
    }
}
