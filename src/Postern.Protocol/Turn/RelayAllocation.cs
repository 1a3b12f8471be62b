using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>One client's allocation (RFC 8656 §3.2): its relayed addresses, permissions and channels.</summary>
internal sealed class RelayAllocation(FiveTuple tuple, RelayOwner owner, TransactionId transaction, Authentication credentials) : Lease
{
    private readonly Dictionary<IpAddress, RelayPermission> _permissions = [];
    private readonly Dictionary<ushort, RelayChannel> _channels = [];
    private readonly Dictionary<Endpoint, RelayChannel> _channelsByPeer = [];

    public FiveTuple Tuple { get; } = tuple;

    public RelayOwner Owner { get; } = owner;

    /// <summary>The Allocate that made it: when it comes again, so does the answer (RFC 8656 §7.2).</summary>
    public TransactionId Transaction { get; } = transaction;

    public Authentication Credentials { get; } = credentials;

    /// <summary><see cref="Endpoint.None"/> where there is no relayed address of this family.</summary>
    public Endpoint RelayedV4 { get; set; }

    public Endpoint RelayedV6 { get; set; }

    public AllocateWish Wish { get; set; }

    /// <summary>The address family that was asked for in addition and cannot be had: its error code (RFC 8656 §7.2), else 0.</summary>
    public int AdditionalFamilyError { get; set; }

    /// <summary>The neighbour port that was asked for by EVEN-PORT.</summary>
    public RelayReservation? Reservation { get; set; }

    public TimeSpan Lifetime { get; set; }

    /// <summary>Sockets that the driver has not opened yet; the answer waits for them.</summary>
    public int Opening { get; set; }

    /// <summary>Ports tried in vain.</summary>
    public int Attempts { get; set; }

    public IReadOnlyCollection<RelayPermission> Permissions => _permissions.Values;

    public IReadOnlyCollection<RelayChannel> Channels => _channels.Values;

    /// <summary>Our address towards peers of this family.</summary>
    public bool TryGetRelayed(bool v4, out Endpoint relayed)
    {
        relayed = v4 ? RelayedV4 : RelayedV6;
        return relayed != Endpoint.None;
    }

    public bool TryGetPermission(IpAddress peer, [NotNullWhen(true)] out RelayPermission? permission) => _permissions.TryGetValue(peer, out permission);

    public bool TryGetChannel(ushort number, [NotNullWhen(true)] out RelayChannel? channel) => _channels.TryGetValue(number, out channel);

    public bool TryGetChannel(Endpoint peer, [NotNullWhen(true)] out RelayChannel? channel) => _channelsByPeer.TryGetValue(peer, out channel);

    public void Add(RelayPermission permission) => _permissions.Add(permission.Peer, permission);

    public void Remove(RelayPermission permission) => _permissions.Remove(permission.Peer);

    public void Add(RelayChannel channel)
    {
        _channels.Add(channel.Number, channel);
        _channelsByPeer.Add(channel.Peer, channel);
    }

    public void Remove(RelayChannel channel)
    {
        _channels.Remove(channel.Number);
        _channelsByPeer.Remove(channel.Peer);
    }
}
