using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>The peers whom a client has named, and how far the server has agreed.</summary>
internal sealed class TurnPermissions
{
    public const int Maximum = 256;

    // 16 addresses of IPv6 in one request, with credentials, stay below 1,000 bytes.
    private const int BatchSize = 16;

    // RFC 8656 §9: a permission lasts 300 s; a minute is left for retransmissions.
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(4);

    // What is due soon goes along with what is due now.
    private static readonly TimeSpan Company = TimeSpan.FromSeconds(30);

    private readonly Dictionary<IpAddress, Entry> _entries = [];

    private enum State
    {
        Wanted,
        Asked,
        Granted,
        Refused,
    }

    /// <summary>Linear in the number of peers; the owner caches it.</summary>
    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var entry in _entries.Values)
            {
                next = Instant.Min(next, entry.Due);
            }

            return next;
        }
    }

    /// <summary>False where there are too many. Who was refused is asked for again.</summary>
    public bool Want(IpAddress peer)
    {
        if (_entries.TryGetValue(peer, out var entry))
        {
            if (entry.State == State.Refused)
            {
                (entry.State, entry.Due) = (State.Wanted, Instant.Zero);
            }

            return true;
        }

        if (_entries.Count == Maximum)
        {
            return false;
        }

        _entries.Add(peer, new());
        return true;
    }

    public void Forget(IpAddress peer) => _entries.Remove(peer);

    /// <summary>Whether datagrams may be sent: granted, or the request has left and the datagram follows it.</summary>
    public bool IsOpen(IpAddress peer) => _entries.TryGetValue(peer, out var entry) && entry.State is State.Asked or State.Granted;

    public bool IsKnown(IpAddress peer) => _entries.ContainsKey(peer);

    /// <summary>
    /// The next batch to ask for, empty where none is due. Call until empty. One peer that the server refuses refuses the whole
    /// request (RFC 8656 §9.2), and most servers refuse private addresses: these are asked for by themselves, and last.
    /// </summary>
    public IReadOnlyList<IpAddress> TakeDue(Instant now)
    {
        if (NextDeadline > now)
        {
            return [];
        }

        var due = _entries.Where(entry => entry.Value.Due <= now + Company).ToLookup(entry => ReservedAddresses.Private.Contains(entry.Key));
        var batch = due[!due.Contains(false)].Take(BatchSize).ToArray();
        foreach (var (_, entry) in batch)
        {
            entry.State = entry.State == State.Granted ? State.Granted : State.Asked;
            entry.Due = Instant.Never;
        }

        return [.. batch.Select(entry => entry.Key)];
    }

    /// <summary>True where the peer was not granted before.</summary>
    public bool Grant(IpAddress peer, Instant now)
    {
        if (!_entries.TryGetValue(peer, out var entry))
        {
            return false;
        }

        var isNew = entry.State != State.Granted;
        entry.State = State.Granted;
        entry.Due = now + Refresh;
        return isNew;
    }

    /// <summary>There was no answer; what was granted stays so until the server says otherwise.</summary>
    public void AskAgain(IReadOnlyList<IpAddress> peers, Instant now)
    {
        foreach (var peer in peers)
        {
            if (_entries.TryGetValue(peer, out var entry))
            {
                entry.Due = now;
            }
        }
    }

    /// <summary>True where somebody still wants to know.</summary>
    public bool Refuse(IpAddress peer)
    {
        if (!_entries.TryGetValue(peer, out var entry))
        {
            return false;
        }

        entry.State = State.Refused;
        entry.Due = Instant.Never;
        return true;
    }

    private sealed class Entry
    {
        public State State { get; set; } = State.Wanted;

        public Instant Due { get; set; } = Instant.Zero;
    }
}
