using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>The peers of an allocation: asks the server for permissions and channels, and takes its answers.</summary>
internal sealed class TurnPeers(TurnDialogue dialogue, Queue<TurnEvent> events)
{
    private readonly TurnPermissions _permissions = new();
    private readonly TurnChannels _channels = new();
    private bool _hasV4;
    private bool _hasV6;

    public Instant NextDeadline => Instant.Min(_permissions.NextDeadline, _channels.NextDeadline);

    public bool Want(IpAddress peer) => _permissions.Want(peer);

    /// <summary>True where a channel for this peer was newly begun.</summary>
    public bool WantChannel(Endpoint peer) => _permissions.Want(peer.Address) && _channels.Want(peer);

    public void Forget(IpAddress peer) => _permissions.Forget(peer);

    /// <summary>Whether datagrams may be sent: granted, or the request has left and the datagram follows it.</summary>
    public bool IsOpen(IpAddress peer) => _permissions.IsOpen(peer);

    public bool IsKnown(IpAddress peer) => _permissions.IsKnown(peer);

    public bool TryGetChannel(Endpoint peer, out ushort channel) => _channels.TryGetBound(peer, out channel);

    public bool TryGetPeer(ushort channel, out Endpoint peer) => _channels.TryGetPeer(channel, out peer);

    /// <summary>The families of our relayed addresses: other peers are refused without asking (RFC 8656 §10.2: 443).</summary>
    public void Serve(bool v4, bool v6) => (_hasV4, _hasV6) = (v4, v6);

    public void AskDue(Instant now)
    {
        while (_permissions.TakeDue(now) is { Count: > 0 } peers)
        {
            AskPermissions(peers, now);
        }

        while (_channels.TryTakeDue(now, out var channel))
        {
            if (Serves(channel.Peer.Address))
            {
                dialogue.Start(new(StunMethod.ChannelBind) { Channel = channel.Number, ChannelPeer = channel.Peer }, now);
            }
        }
    }

    public void Succeed(TurnRequest request, Instant now)
    {
        if (request.Method == StunMethod.ChannelBind)
        {
            Grant(request.ChannelPeer.Address, now);
            if (_channels.Bind(request.ChannelPeer, now))
            {
                events.Enqueue(new TurnEvent.ChannelBound(request.ChannelPeer));
            }
        }

        foreach (var peer in request.Peers)
        {
            Grant(peer, now);
        }
    }

    /// <summary>Code 0 stands for no answer: asked again, since whether the server is lost shows the allocation's own refresh.</summary>
    public void Fail(TurnRequest request, int code, Instant now)
    {
        if (code == 0)
        {
            _permissions.AskAgain(request.Peers, now);
            _channels.AskAgain(request.ChannelPeer, now);
        }
        else if (request.Method == StunMethod.ChannelBind)
        {
            _channels.Unbind(request.ChannelPeer);
        }
        else if (request.Peers.Count > 1)
        {
            // RFC 8656 §10.2: one bad peer fails them all; asked apart, the good ones pass.
            foreach (var peer in request.Peers)
            {
                dialogue.Start(request with { Peers = [peer] }, now);
            }
        }
        else
        {
            foreach (var peer in request.Peers)
            {
                Refuse(peer, code);
            }
        }
    }

    private void AskPermissions(IReadOnlyList<IpAddress> peers, Instant now)
    {
        List<IpAddress> reachable = [];
        foreach (var peer in peers)
        {
            if (Serves(peer))
            {
                reachable.Add(peer);
            }
            else
            {
                Refuse(peer, StunErrorCode.PeerAddressFamilyMismatch);
            }
        }

        if (reachable.Count > 0)
        {
            dialogue.Start(new(StunMethod.CreatePermission) { Peers = reachable }, now);
        }
    }

    private bool Serves(IpAddress peer) => peer.IsV4 ? _hasV4 : _hasV6;

    private void Grant(IpAddress peer, Instant now)
    {
        if (_permissions.Grant(peer, now))
        {
            events.Enqueue(new TurnEvent.PermissionGranted(peer));
        }
    }

    private void Refuse(IpAddress peer, int code)
    {
        if (_permissions.Refuse(peer))
        {
            events.Enqueue(new TurnEvent.PermissionRefused(peer, code));
        }
    }
}
