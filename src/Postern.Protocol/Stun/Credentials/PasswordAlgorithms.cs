using System.Buffers.Binary;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>The values of PASSWORD-ALGORITHMS and PASSWORD-ALGORITHM (RFC 8489 §14.11, §14.12).</summary>
/// <remarks><code>| algorithm (16) | length of parameters (16) | parameters, padded to 4 | …</code></remarks>
internal static class PasswordAlgorithms
{
    /// <summary>What our servers offer: SHA-256 before MD5, neither with parameters.</summary>
    public static ReadOnlySpan<byte> Offered => [0, 2, 0, 0, 0, 1, 0, 0];

    /// <summary>The strongest algorithm of the list that we know; false where the list is malformed or holds none.</summary>
    public static bool TryChoose(ReadOnlySpan<byte> list, out PasswordAlgorithm chosen)
    {
        chosen = 0;
        while (!list.IsEmpty)
        {
            if (!TryReadFirst(list, out var algorithm, out var size))
            {
                return false;
            }

            if (algorithm is PasswordAlgorithm.Md5 or PasswordAlgorithm.Sha256 && algorithm > chosen)
            {
                chosen = algorithm;
            }

            list = list[size..];
        }

        return chosen != 0;
    }

    /// <summary>The single algorithm of PASSWORD-ALGORITHM, known to us and without parameters.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out PasswordAlgorithm algorithm) =>
        TryReadFirst(value, out algorithm, out var size) && size == 4 && value.Length == 4
        && algorithm is PasswordAlgorithm.Md5 or PasswordAlgorithm.Sha256;

    private static bool TryReadFirst(ReadOnlySpan<byte> list, out PasswordAlgorithm algorithm, out int size)
    {
        algorithm = 0;
        size = 0;
        if (list.Length < 4)
        {
            return false;
        }

        algorithm = (PasswordAlgorithm)BinaryPrimitives.ReadUInt16BigEndian(list);
        var parameters = BinaryPrimitives.ReadUInt16BigEndian(list[2..]);
        size = Math.Min(4 + ((parameters + 3) & ~3), list.Length); // the last one's padding may be the attribute's
        return 4 + parameters <= list.Length;
    }
}
