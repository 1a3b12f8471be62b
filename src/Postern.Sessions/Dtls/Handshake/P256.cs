using System.Numerics;
using System.Security.Cryptography;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>Points of secp256r1 in their uncompressed form, 04 X Y (RFC 8422 §5.4). What is judged here is public.</summary>
internal static class P256
{
    public const int CoordinateSize = 32;
    public const int PointSize = 1 + (2 * CoordinateSize);

    // SEC 2, 2.4.2: y² = x³ - 3x + b over the prime field of p.
    private static readonly BigInteger Prime = Read(Convert.FromHexString("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"));
    private static readonly BigInteger B = Read(Convert.FromHexString("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"));

    /// <summary>
    /// Whether the bytes are a point of the curve other than infinity (RFC 8422 §5.11). The cofactor is 1, so every such
    /// point is of the full order.
    /// </summary>
    public static bool IsPoint(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != PointSize || bytes[0] != 4)
        {
            return false;
        }

        var x = Read(bytes.Slice(1, CoordinateSize));
        var y = Read(bytes[(1 + CoordinateSize)..]);
        return x < Prime && y < Prime && ((y * y) - (x * x * x) + (3 * x) - B) % Prime == 0;
    }

    /// <summary>For a point that <see cref="IsPoint"/> admitted.</summary>
    public static ECParameters Parameters(ReadOnlySpan<byte> point) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point.Slice(1, CoordinateSize).ToArray(), Y = point[(1 + CoordinateSize)..].ToArray() },
    };

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
