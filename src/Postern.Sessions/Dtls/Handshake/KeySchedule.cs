using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>Everything that is derived from the premaster secret: master secret, record keys, Finished, exports.</summary>
internal sealed class KeySchedule : IDisposable
{
    private const int MasterSize = 48;
    private const int RandomSize = ClientHello.RandomSize;
    private readonly byte[] _master = new byte[MasterSize];
    private readonly byte[] _randoms = new byte[2 * RandomSize]; // the client's, then the server's

    /// <summary>The extended master secret: bound to the whole handshake so far by its hash (RFC 7627 §4).</summary>
    public KeySchedule(ReadOnlySpan<byte> premaster, ReadOnlySpan<byte> sessionHash, ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> serverRandom)
    {
        Prf.Expand(premaster, "extended master secret"u8, sessionHash, _master);
        clientRandom.CopyTo(_randoms);
        serverRandom.CopyTo(_randoms.AsSpan(RandomSize));
    }

    /// <summary>The keys for what <paramref name="sender"/> sends (RFC 5246 §6.3; AEAD ciphers have no MAC keys).</summary>
    public RecordProtection CreateProtection(DtlsRole sender)
    {
        Span<byte> seed = stackalloc byte[2 * RandomSize]; // here the server's comes first
        _randoms.AsSpan(RandomSize).CopyTo(seed);
        _randoms.AsSpan(0, RandomSize).CopyTo(seed[RandomSize..]);
        Span<byte> block = stackalloc byte[2 * (RecordProtection.KeySize + RecordProtection.SaltSize)];
        Prf.Expand(_master, "key expansion"u8, seed, block);
        var side = sender == DtlsRole.Client ? 0 : 1;
        var salts = block[(2 * RecordProtection.KeySize)..];
        var protection = new RecordProtection(
            block.Slice(side * RecordProtection.KeySize, RecordProtection.KeySize),
            salts.Slice(side * RecordProtection.SaltSize, RecordProtection.SaltSize));
        CryptographicOperations.ZeroMemory(block);
        return protection;
    }

    /// <summary>What the Finished of <paramref name="sender"/> holds (RFC 5246 §7.4.9).</summary>
    public void VerifyData(DtlsRole sender, ReadOnlySpan<byte> transcriptHash, Span<byte> verifyData) =>
        Prf.Expand(_master, sender == DtlsRole.Client ? "client finished"u8 : "server finished"u8, transcriptHash, verifyData);

    /// <summary>RFC 5705 §4. An absent context and an empty one give different bytes.</summary>
    public void Export(ReadOnlySpan<byte> label, byte[]? context, Span<byte> output)
    {
        var seed = new byte[_randoms.Length + (context is null ? 0 : 2 + context.Length)];
        _randoms.CopyTo(seed, 0);
        if (context is not null)
        {
            BinaryPrimitives.WriteUInt16BigEndian(seed.AsSpan(_randoms.Length), checked((ushort)context.Length));
            context.CopyTo(seed, _randoms.Length + 2);
        }

        Prf.Expand(_master, label, seed, output);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_master);
}
