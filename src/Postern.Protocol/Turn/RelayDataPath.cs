using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>
/// The relay's hot path (RFC 8656 §11, §12): decides where a payload goes and writes its new header into the room before it.
/// Nothing is copied, nothing allocated.
/// </summary>
/// <remarks>The caller's buffer: <code>| headroom (48) | datagram | 3 bytes of room for padding |</code></remarks>
internal sealed class RelayDataPath(RelayState state)
{
    public const int Headroom = TurnIndication.HeaderSizeV6;
    public const int Tailroom = TurnIndication.MaximumPadding;

    private ulong _indications = state.Random.NextUInt64(); // ids of Data indications; nobody answers them

    public bool LooksLikeChannel(ReadOnlySpan<byte> datagram) =>
        state.Options.TakesOldChannels ? ChannelData.LooksLikeOld(datagram) : ChannelData.LooksLike(datagram);

    public RelayVerdict FromClient(Span<byte> buffer, int length, FiveTuple tuple, Instant now, out Forward forward)
    {
        forward = default;
        var datagram = buffer.Slice(Headroom, length);
        var isChannel = LooksLikeChannel(datagram);
        if (!isChannel && !TurnIndication.LooksLike(datagram, StunMethod.Send))
        {
            return RelayVerdict.Control;
        }

        if (state.Table.Find(tuple) is not { Opening: 0 } allocation || !allocation.IsLive(now))
        {
            return Drop();
        }

        var isGood = isChannel
            ? TryReadChannel(datagram, allocation, now, out var peer, out var payload)
            : TryReadIndication(datagram, allocation, now, out peer, out payload);
        if (!isGood || !allocation.TryGetRelayed(peer.IsV4, out var relayed))
        {
            return Drop();
        }

        return state.IsRelayAddress(peer.Address) && state.Table.TryFindRelayed(peer, out var other)
            ? Hairpin(buffer, payload, allocation, relayed, other, now, out forward)
            : ToPeer(payload, relayed, peer, out forward);
    }

    public RelayVerdict FromPeer(Span<byte> buffer, int length, Endpoint relayed, Endpoint peer, Instant now, out Forward forward)
    {
        forward = default;
        if (!state.Table.TryFindRelayed(relayed, out var allocation) || allocation.Opening > 0 || !allocation.IsLive(now))
        {
            return Drop();
        }

        return ToClient(buffer, buffer.Slice(Headroom, length), allocation, peer, now, out forward);
    }

    private static bool TryReadChannel(ReadOnlySpan<byte> datagram, RelayAllocation allocation, Instant now, out Endpoint peer, out ReadOnlySpan<byte> payload)
    {
        peer = default;
        if (!ChannelData.TryRead(datagram, out var number, out payload)
            || !allocation.TryGetChannel(number, out var channel) || !channel.IsLive(now) || !channel.Permission.IsLive(now))
        {
            return false;
        }

        peer = channel.Peer;
        return true;
    }

    private bool TryReadIndication(ReadOnlySpan<byte> datagram, RelayAllocation allocation, Instant now, out Endpoint peer, out ReadOnlySpan<byte> payload) =>
        TurnIndication.TryParse(datagram, StunMethod.Send, out peer, out payload)
        && allocation.TryGetPermission(peer.Address, out var permission) && permission.IsLive(now)
        && state.MaySend(allocation.Owner, peer);

    private RelayVerdict ToPeer(ReadOnlySpan<byte> payload, Endpoint relayed, Endpoint peer, out Forward forward)
    {
        if (!state.MayLeave(peer.Address))
        {
            forward = default;
            return Drop(); // a relay address is no door into our own machine
        }

        state.Stats.CountToPeer(payload);
        forward = new(relayed, peer, payload);
        return RelayVerdict.Forward;
    }

    private RelayVerdict Hairpin(Span<byte> buffer, ReadOnlySpan<byte> payload, RelayAllocation from, Endpoint relayed, RelayAllocation to, Instant now, out Forward forward)
    {
        forward = default;
        if (!state.MayHairpin(from.Owner, to) || !to.IsLive(now))
        {
            return Drop();
        }

        var verdict = ToClient(buffer, payload, to, relayed, now, out forward);
        if (verdict == RelayVerdict.Forward)
        {
            state.Stats.CountToPeer(payload);
            state.Stats.Hairpinned++;
        }

        return verdict;
    }

    private RelayVerdict ToClient(Span<byte> buffer, ReadOnlySpan<byte> payload, RelayAllocation allocation, Endpoint peer, Instant now, out Forward forward)
    {
        forward = default;
        if (!allocation.TryGetPermission(peer.Address, out var permission) || !permission.IsLive(now))
        {
            return Drop();
        }

        // Where the payload lies in the buffer: its new header goes right before it.
        var at = buffer.Overlaps(payload, out var offset) ? offset : Headroom; // an empty one lies nowhere
        var tuple = allocation.Tuple;
        if (allocation.TryGetChannel(peer, out var channel) && channel.IsLive(now))
        {
            ChannelData.WriteHeader(buffer[(at - ChannelData.HeaderSize)..], channel.Number, payload.Length);
            state.Stats.CountToClient(payload);
            forward = new(tuple.Server, tuple.Client, buffer.Slice(at - ChannelData.HeaderSize, ChannelData.HeaderSize + payload.Length));
            return RelayVerdict.Forward;
        }

        var start = at - TurnIndication.HeaderSize(peer);
        if (buffer.Length - at < payload.Length + Tailroom || payload.Length > TurnIndication.LongestPayload(peer))
        {
            return Drop();
        }

        state.Stats.CountToClient(payload);
        var written = TurnIndication.Write(buffer[start..], StunMethod.Data, new(_indications++, 0), peer, payload);
        forward = new(tuple.Server, tuple.Client, buffer.Slice(start, written));
        return RelayVerdict.Forward;
    }

    private RelayVerdict Drop()
    {
        state.Stats.Dropped++;
        return RelayVerdict.Dropped;
    }
}
