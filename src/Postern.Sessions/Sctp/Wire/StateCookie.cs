using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// The state cookie (RFC 9260 §5.1.3): all that the answerer of an INIT must know when the COOKIE ECHO comes, signed with a
/// key of its own, so that it keeps nothing meanwhile.
/// </summary>
/// <param name="Created">When the INIT ACK was written.</param>
/// <param name="LocalTag">The tag that the INIT ACK carried.</param>
/// <param name="Peer">What the INIT said.</param>
/// <param name="TieTag">Our tag at that time if an association existed (RFC 9260 §5.2.2), else 0.</param>
internal readonly record struct StateCookie(Instant Created, uint LocalTag, PeerParameters Peer, uint TieTag)
{
    public const int Size = BodySize + SignatureSize;
    public const int KeySize = 32;
    private const int BodySize = 33;
    private const int SignatureSize = 31; // truncated HMAC-SHA-256, so that the cookie needs no padding

    public void Write(Span<byte> cookie, ReadOnlySpan<byte> key)
    {
        BinaryPrimitives.WriteInt64BigEndian(cookie, Created.Ticks);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[8..], LocalTag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[12..], Peer.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[16..], Peer.Window);
        BinaryPrimitives.WriteUInt16BigEndian(cookie[20..], Peer.OutboundStreams);
        BinaryPrimitives.WriteUInt16BigEndian(cookie[22..], Peer.InboundStreams);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[24..], Peer.InitialTsn);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[28..], TieTag);
        cookie[32] = (byte)((Peer.ForwardsTsn ? 1 : 0) | (Peer.ResetsStreams ? 2 : 0));
        Sign(cookie[..BodySize], key, cookie[BodySize..]);
    }

    /// <summary>False where this end did not write it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> key, out StateCookie read)
    {
        read = default;
        if (cookie.Length != Size)
        {
            return false;
        }

        Span<byte> signature = stackalloc byte[SignatureSize];
        Sign(cookie[..BodySize], key, signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, cookie[BodySize..]))
        {
            return false;
        }

        var peer = new PeerParameters(
            BinaryPrimitives.ReadUInt32BigEndian(cookie[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(cookie[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(cookie[20..]),
            BinaryPrimitives.ReadUInt16BigEndian(cookie[22..]),
            BinaryPrimitives.ReadUInt32BigEndian(cookie[24..]),
            (cookie[32] & 1) != 0,
            (cookie[32] & 2) != 0);
        read = new(
            new(BinaryPrimitives.ReadInt64BigEndian(cookie)),
            BinaryPrimitives.ReadUInt32BigEndian(cookie[8..]),
            peer,
            BinaryPrimitives.ReadUInt32BigEndian(cookie[28..]));
        return true;
    }

    private static void Sign(ReadOnlySpan<byte> body, ReadOnlySpan<byte> key, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, whole);
        whole[..SignatureSize].CopyTo(signature);
    }
}
