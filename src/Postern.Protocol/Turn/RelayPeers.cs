using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>CreatePermission and ChannelBind at the server (RFC 8656 §10.2, §12.2).</summary>
internal sealed class RelayPeers(RelayState state)
{
    /// <summary>All peers of the request or none. 0 where the answer was sent; otherwise the error code.</summary>
    public int CreatePermission(in RelayRequest request)
    {
        if (request.Allocation is not { Opening: 0 } allocation)
        {
            return StunErrorCode.AllocationMismatch;
        }

        List<IpAddress> peers = [];
        var code = ReadPeers(request.Message, allocation, peers);
        if (code != 0)
        {
            return code;
        }

        if (!HasRoom(allocation, peers))
        {
            return StunErrorCode.InsufficientCapacity;
        }

        foreach (var peer in peers)
        {
            Permit(allocation, peer, request.Now);
        }

        Answer(request);
        return 0;
    }

    /// <summary>0 where the answer was sent; otherwise the error code.</summary>
    public int BindChannel(in RelayRequest request)
    {
        if (request.Allocation is not { Opening: 0 } allocation)
        {
            return StunErrorCode.AllocationMismatch;
        }

        if (!request.Message.TryGetUInt32(StunAttributeType.ChannelNumber, out var field)
            || !request.Message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var peer)
            || (ushort)(field >> 16) is var number && (number < TurnConstants.FirstChannel || number > state.LastChannel))
        {
            return StunErrorCode.BadRequest;
        }

        if (!IsConsistent(allocation, number, peer, request.Now, out var bound))
        {
            return StunErrorCode.BadRequest;
        }

        var code = Judge(allocation, peer.Address);
        if (code != 0)
        {
            return code;
        }

        if (!state.MaySend(allocation.Owner, peer))
        {
            return StunErrorCode.Forbidden;
        }

        if (!HasRoom(allocation, [peer.Address]) || (bound is null && allocation.Channels.Count >= state.Options.Quotas.Channels))
        {
            return StunErrorCode.InsufficientCapacity;
        }

        Bind(allocation, number, peer, bound, request.Now);
        Answer(request);
        return 0;
    }

    /// <summary>After a change of policy: what is no longer allowed ends at once.</summary>
    public void Review()
    {
        foreach (var allocation in state.Table.Allocations)
        {
            foreach (var channel in allocation.Channels.Where(channel => !state.MaySend(allocation.Owner, channel.Peer)).ToArray())
            {
                End(channel);
            }

            foreach (var permission in allocation.Permissions.Where(permission => !state.MayPermit(allocation.Owner, permission.Peer)).ToArray())
            {
                state.Expiry.Free(permission);
                allocation.Remove(permission);
            }
        }
    }

    private int ReadPeers(in StunMessage message, RelayAllocation allocation, List<IpAddress> peers)
    {
        foreach (var field in message.Fields)
        {
            if (field.Type != StunAttributeType.XorPeerAddress)
            {
                continue;
            }

            if (!StunAddress.TryReadXor(field.Value, message.Bytes.Slice(4, 16), out var peer))
            {
                return StunErrorCode.BadRequest;
            }

            var code = Judge(allocation, peer.Address);
            if (code != 0)
            {
                return code;
            }

            peers.Add(peer.Address);
        }

        return peers.Count == 0 ? StunErrorCode.BadRequest : 0;
    }

    // RFC 8656 §12.2: a number stays with its peer and a peer with its number as long as the binding lives.
    private static bool IsConsistent(RelayAllocation allocation, ushort number, Endpoint peer, Instant now, out RelayChannel? bound)
    {
        bound = allocation.TryGetChannel(number, out var channel) && channel.IsLive(now) ? channel : null;
        var isElsewhere = allocation.TryGetChannel(peer, out var other) && other.IsLive(now) && other.Number != number;
        return !isElsewhere && (bound is null || bound.Peer == peer);
    }

    private int Judge(RelayAllocation allocation, IpAddress peer)
    {
        if (!allocation.TryGetRelayed(peer.IsV4, out _))
        {
            return StunErrorCode.PeerAddressFamilyMismatch;
        }

        return state.MayPermit(allocation.Owner, peer) ? 0 : StunErrorCode.Forbidden;
    }

    private bool HasRoom(RelayAllocation allocation, List<IpAddress> peers)
    {
        var room = state.Options.Quotas.Permissions - allocation.Permissions.Count;
        return peers.Count <= room || peers.Distinct().Count(peer => !allocation.TryGetPermission(peer, out _)) <= room;
    }

    private RelayPermission Permit(RelayAllocation allocation, IpAddress peer, Instant now)
    {
        var expires = now + TurnConstants.PermissionLifetime;
        if (allocation.TryGetPermission(peer, out var permission))
        {
            permission.Expires = expires;
            return permission;
        }

        permission = new(allocation, peer) { Expires = expires };
        allocation.Add(permission);
        state.Expiry.Add(permission);
        foreach (var channel in allocation.Channels)
        {
            // A channel outlives a permission that was not refreshed.
            channel.Permission = channel.Peer.Address == peer ? permission : channel.Permission;
        }

        return permission;
    }

    private void Bind(RelayAllocation allocation, ushort number, Endpoint peer, RelayChannel? bound, Instant now)
    {
        var permission = Permit(allocation, peer.Address, now);
        if (bound is not null)
        {
            bound.Expires = now + TurnConstants.ChannelLifetime;
            bound.Permission = permission;
            return;
        }

        if (allocation.TryGetChannel(number, out var dead))
        {
            End(dead);
        }

        if (allocation.TryGetChannel(peer, out dead))
        {
            End(dead);
        }

        var channel = new RelayChannel(allocation, number, peer) { Permission = permission, Expires = now + TurnConstants.ChannelLifetime };
        allocation.Add(channel);
        state.Expiry.Add(channel);
    }

    private void End(RelayChannel channel)
    {
        state.Expiry.Free(channel);
        channel.Allocation.Remove(channel);
    }

    private void Answer(in RelayRequest request)
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = StunWriter.Respond(buffer, StunClass.Success, request.Message);
        state.Send(request.Tuple, request.Credentials, ref writer, buffer);
    }
}
