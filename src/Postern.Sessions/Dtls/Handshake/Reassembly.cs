using Postern.Sessions.Dtls.Messages;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>
/// Puts handshake messages together and in order (RFC 6347 §4.2.2, §4.2.3). Bounded: at most <see cref="Window"/> messages
/// of at most <see cref="MaximumLength"/> bytes.
/// </summary>
internal sealed class Reassembly
{
    /// <summary>Bytes of one message. A ClientHello with post-quantum key shares has 1.8 KB, a long certificate 4 KB.</summary>
    public const int MaximumLength = 16 << 10;

    /// <summary>How many messages ahead are kept: the longest flight has five.</summary>
    public const int Window = 8;

    private readonly PartialMessage?[] _slots = new PartialMessage?[Window];

    /// <summary>The number of the message that is handled next.</summary>
    public ushort Next { get; private set; }

    public FragmentFate Accept(ushort epoch, HandshakeFragment fragment)
    {
        if (fragment.Sequence < Next)
        {
            return fragment.IsLast && fragment.Sequence == Next - 1 ? FragmentFate.Repeated : FragmentFate.Old;
        }

        if (fragment.Sequence - Next >= Window || fragment.Length > MaximumLength || (fragment.Bytes.IsEmpty && fragment.Length > 0))
        {
            return FragmentFate.Dropped;
        }

        ref var slot = ref _slots[fragment.Sequence % Window];
        if (slot is not null && !slot.Matches(epoch, fragment))
        {
            if (slot.Epoch > epoch)
            {
                return FragmentFate.Dropped; // nothing in plain displaces what was authenticated
            }

            slot = null; // two messages under one number: the later counts, so that the true one heals a forged one
        }

        slot ??= new PartialMessage(epoch, fragment);
        slot.Add(fragment);
        return FragmentFate.Kept;
    }

    /// <summary>The next message in order, once it is whole.</summary>
    public bool TryPeek(out HandshakeMessage message)
    {
        var slot = _slots[Next % Window];
        var whole = slot is { IsWhole: true };
        message = whole ? slot!.Message : default;
        return whole;
    }

    /// <summary>Leaves the message that was peeked at behind. Its view stays valid.</summary>
    public void Advance()
    {
        _slots[Next % Window] = null;
        Next++;
    }

    public void Clear() => Array.Clear(_slots);
}
