using System.Security.Cryptography;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>Our half of one ECDHE exchange on P-256 (RFC 8422 §5.10). Made for one handshake and forgotten after it.</summary>
internal sealed class KeyShare : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>04 X Y.</summary>
    public byte[] Point
    {
        get
        {
            var q = _key.ExportParameters(includePrivateParameters: false).Q;
            return [4, .. q.X!, .. q.Y!];
        }
    }

    /// <summary>The premaster secret: the x coordinate of the shared point, 32 bytes. False where the peer's is no point of the curve.</summary>
    public bool TryAgree(ReadOnlySpan<byte> peerPoint, out byte[] premaster)
    {
        premaster = [];
        if (!P256.IsPoint(peerPoint))
        {
            return false;
        }

        try
        {
            using var peer = ECDiffieHellman.Create(P256.Parameters(peerPoint));
            using var publicKey = peer.PublicKey;
            premaster = _key.DeriveRawSecretAgreement(publicKey);
            return premaster.Length == P256.CoordinateSize;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Dispose() => _key.Dispose();
}
