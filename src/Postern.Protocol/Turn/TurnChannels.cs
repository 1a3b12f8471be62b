using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>The channels that a client has bound or is binding. Numbers are given out in order and never again.</summary>
internal sealed class TurnChannels
{
    public const int Maximum = 256;

    // A ChannelBind refreshes the peer's permission too (RFC 8656 §12.2), which lasts 300 s; the channel itself lasts 600 s.
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(4);

    private readonly Dictionary<Endpoint, TurnChannel> _byPeer = [];
    private readonly List<TurnChannel> _byNumber = [];

    /// <summary>Linear in the number of channels; the owner caches it.</summary>
    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var channel in _byNumber)
            {
                next = Instant.Min(next, channel.Due);
            }

            return next;
        }
    }

    /// <summary>True where a channel for this peer was newly begun.</summary>
    public bool Want(Endpoint peer)
    {
        if (_byNumber.Count == Maximum || _byPeer.ContainsKey(peer))
        {
            return false;
        }

        var channel = new TurnChannel((ushort)(TurnConstants.FirstChannel + _byNumber.Count), peer);
        _byNumber.Add(channel);
        _byPeer.Add(peer, channel);
        return true;
    }

    public bool TryGetBound(Endpoint peer, out ushort number)
    {
        number = 0;
        if (!_byPeer.TryGetValue(peer, out var channel) || !channel.IsBound)
        {
            return false;
        }

        number = channel.Number;
        return true;
    }

    public bool TryGetPeer(ushort number, out Endpoint peer)
    {
        peer = default;
        var index = number - TurnConstants.FirstChannel;
        if ((uint)index >= (uint)_byNumber.Count)
        {
            return false;
        }

        peer = _byNumber[index].Peer;
        return true;
    }

    public bool TryTakeDue(Instant now, [NotNullWhen(true)] out TurnChannel? due)
    {
        due = _byNumber.Find(channel => channel.Due <= now);
        if (due is not null)
        {
            due.Due = Instant.Never;
        }

        return due is not null;
    }

    /// <summary>True where the channel is newly bound.</summary>
    public bool Bind(Endpoint peer, Instant now)
    {
        if (!_byPeer.TryGetValue(peer, out var channel))
        {
            return false;
        }

        var isNew = !channel.IsBound;
        channel.IsBound = true;
        channel.Due = now + Refresh;
        return isNew;
    }

    /// <summary>There was no answer.</summary>
    public void AskAgain(Endpoint peer, Instant now)
    {
        if (_byPeer.TryGetValue(peer, out var channel))
        {
            channel.Due = now;
        }
    }

    /// <summary>The server refused: indications serve.</summary>
    public void Unbind(Endpoint peer)
    {
        if (_byPeer.TryGetValue(peer, out var channel))
        {
            channel.IsBound = false;
            channel.Due = Instant.Never;
        }
    }
}
