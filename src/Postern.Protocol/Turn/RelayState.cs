using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>What the parts of a relay share.</summary>
internal sealed class RelayState(IRandom random, RelayOptions options)
{
    private readonly Endpoint[] _listening = [.. options.Listening];

    public RelayOptions Options { get; } = options;

    public ushort LastChannel { get; } = options.TakesOldChannels ? TurnConstants.LastOldChannel : TurnConstants.LastChannel;

    public LongTermAuthenticator Authenticator { get; } = new(random, options.Credentials);

    public RelayTable Table { get; } = new(options.Quotas);

    public RelayPorts Ports { get; } = new(random, options);

    public ExpiryHeap Expiry { get; } = new();

    public RelayOutbox Outbox { get; } = new();

    public Queue<RelayEvent> Events { get; } = new();

    public RelayStats Stats { get; } = new();

    public PeerPolicy Policy { get; set; } = options.Peers;

    public IRandom Random { get; } = random;

    public bool IsRelayAddress(IpAddress address) => address == Options.RelayV4 || address == Options.RelayV6;

    /// <summary>One of our listening endpoints, by its own or by the public address: no peer and no client is there.</summary>
    public bool IsListening(Endpoint endpoint)
    {
        foreach (var listening in _listening)
        {
            if (listening.Port == endpoint.Port
                && (listening.Address == endpoint.Address || IsRelayAddress(endpoint.Address)
                    || (listening.Address.IsUnspecified && Policy.IsOwn(endpoint.Address))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an allocation may have a permission for this address. A relay address is good for our own allocations alone.</summary>
    public bool MayPermit(RelayOwner owner, IpAddress peer) =>
        IsRelayAddress(peer) || (Policy.Allows(peer) && !(Options.Sessions.PeersWithinSessionOnly && owner.Session.Length > 0));

    /// <summary>Whether an allocation may send to this endpoint; beyond its permission.</summary>
    public bool MaySend(RelayOwner owner, Endpoint peer) =>
        Table.TryFindRelayed(peer, out var other)
            ? MayHairpin(owner, other)
            : Policy.Allows(peer.Address) && Policy.AllowsPort(peer.Port) && !IsListening(peer)
                && !(Options.Sessions.PeersWithinSessionOnly && owner.Session.Length > 0);

    /// <summary>Whether data may go through a socket to this address: not to our own, unless a laboratory allows it.</summary>
    public bool MayLeave(IpAddress peer) => !IsRelayAddress(peer) || Policy.Allows(peer);

    public bool MayHairpin(RelayOwner owner, RelayAllocation other) =>
        other.Opening == 0 && (!Options.Sessions.PeersWithinSessionOnly || owner.Session == other.Owner.Session);

    public void Free(RelayAllocation allocation, RelayFreedReason reason, Instant now)
    {
        Expiry.Free(allocation);
        foreach (var permission in allocation.Permissions)
        {
            Expiry.Free(permission);
        }

        foreach (var channel in allocation.Channels)
        {
            Expiry.Free(channel);
        }

        var owner = allocation.Owner;
        var wasServing = allocation.Opening == 0;
        var relayed = allocation.RelayedV4 != Endpoint.None ? allocation.RelayedV4 : allocation.RelayedV6;
        FreeRelayed(allocation, v4: true, now);
        FreeRelayed(allocation, v4: false, now);
        Table.Remove(allocation);
        Stats.Allocations = Table.Count;
        if (wasServing)
        {
            Events.Enqueue(new RelayEvent.Freed(allocation.Tuple.Client, relayed, owner.Name, owner.Session, reason) { Server = allocation.Tuple.Server });
        }
    }

    public void FreeRelayed(RelayAllocation allocation, bool v4, Instant now)
    {
        if (!allocation.TryGetRelayed(v4, out var relayed))
        {
            return;
        }

        Table.RemoveRelayed(allocation, relayed);
        Close(relayed, now);
        if (v4)
        {
            allocation.RelayedV4 = Endpoint.None;
        }
        else
        {
            allocation.RelayedV6 = Endpoint.None;
        }
    }

    public void Free(RelayReservation reservation, Instant now)
    {
        Expiry.Free(reservation);
        Table.Remove(reservation);
        Close(reservation.Relayed, now);
    }

    public void Close(Endpoint relayed, Instant now)
    {
        Ports.Free(relayed, now);
        Events.Enqueue(new RelayEvent.CloseSocket(relayed));
    }

    /// <summary>Takes back what the driver was not yet told to open: the next attempt may choose the same port.</summary>
    public void Withdraw(Predicate<Endpoint> where)
    {
        for (var left = Events.Count; left > 0; left--)
        {
            var happened = Events.Dequeue();
            if (happened is not RelayEvent.OpenSocket open || !where(open.Relayed))
            {
                Events.Enqueue(happened);
            }
        }
    }

    /// <summary>Signs, closes with FINGERPRINT and queues an answer to a user.</summary>
    public void Send(FiveTuple tuple, Authentication credentials, ref StunWriter writer, ReadOnlySpan<byte> buffer)
    {
        if (Options.Software is { } software)
        {
            writer.AddText(StunAttributeType.Software, software);
        }

        credentials.Sign(ref writer);
        writer.AddFingerprint();
        if (!Outbox.TryAdd(tuple.Server, tuple.Client, buffer[..writer.Length]))
        {
            Stats.Dropped++;
        }
    }
}
