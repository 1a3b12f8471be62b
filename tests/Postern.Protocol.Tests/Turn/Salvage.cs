using System.Buffers.Binary;
using Postern.Protocol.Stun;

namespace Postern.Tests.Turn;

/// <summary>What a mutation left of a message, under a right header and without its credentials: once signed anew it passes the door that stops an outsider.</summary>
internal static class Salvage
{
    public static StunWriter Begin(Span<byte> buffer, StunClass @class, StunMethod method, TransactionId id, ReadOnlySpan<byte> mutated)
    {
        var writer = new StunWriter(buffer, @class, method, id);
        for (var at = StunMessage.HeaderSize; at + 4 <= mutated.Length;)
        {
            var type = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(mutated[at..]);
            int size = BinaryPrimitives.ReadUInt16BigEndian(mutated[(at + 2)..]);
            if (size > mutated.Length - at - 4)
            {
                break;
            }

            if (!IsCredential(type))
            {
                writer.Add(type, mutated.Slice(at + 4, size));
            }

            at += 4 + ((size + 3) & ~3);
        }

        return writer;
    }

    private static bool IsCredential(StunAttributeType type) => type is
        StunAttributeType.Username or StunAttributeType.UserHash or StunAttributeType.Realm or StunAttributeType.Nonce
        or StunAttributeType.PasswordAlgorithm or StunAttributeType.PasswordAlgorithms
        or StunAttributeType.MessageIntegrity or StunAttributeType.MessageIntegritySha256 or StunAttributeType.Fingerprint;
}
