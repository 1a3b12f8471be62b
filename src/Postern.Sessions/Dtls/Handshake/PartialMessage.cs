using Postern.Sessions.Dtls.Messages;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>A handshake message of which fragments have come (RFC 6347 §4.2.3). Fragments may come in any order, size and overlap.</summary>
internal sealed class PartialMessage
{
    private readonly byte[] _bytes;
    private readonly ulong[] _have; // a bit for each byte of the body
    private int _missing;

    public PartialMessage(ushort epoch, HandshakeFragment first)
    {
        Epoch = epoch;
        _bytes = new byte[HandshakeFragment.HeaderSize + first.Length];
        _have = new ulong[(first.Length + 63) / 64];
        _missing = first.Length;
        HandshakeFragment.WriteHeader(_bytes, first.Type, first.Length, first.Sequence, 0, first.Length);
    }

    public ushort Epoch { get; }

    public bool IsWhole => _missing == 0;

    /// <summary>Only once it is whole.</summary>
    public HandshakeMessage Message => new(_bytes);

    /// <summary>Whether the fragment belongs to this message, and not to another under the same number.</summary>
    public bool Matches(ushort epoch, HandshakeFragment fragment) =>
        Epoch == epoch && (HandshakeType)_bytes[0] == fragment.Type && _bytes.Length == HandshakeFragment.HeaderSize + fragment.Length;

    public void Add(HandshakeFragment fragment)
    {
        fragment.Bytes.CopyTo(_bytes.AsSpan(HandshakeFragment.HeaderSize + fragment.Offset));
        for (var i = fragment.Offset; i < fragment.Offset + fragment.Bytes.Length; i++)
        {
            var bit = 1UL << (i & 63);
            _missing -= (_have[i >> 6] & bit) == 0 ? 1 : 0;
            _have[i >> 6] |= bit;
        }
    }
}
