using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Every allocation and reservation of a relay, by what they are looked up by, and whose how many are.</summary>
internal sealed class RelayTable(RelayQuotas quotas)
{
    private readonly Dictionary<FiveTuple, RelayAllocation> _byTuple = [];
    private readonly Dictionary<Endpoint, RelayAllocation> _byRelayed = [];
    private readonly Dictionary<ulong, RelayReservation> _byToken = [];
    private readonly HashSet<Endpoint> _reserved = [];
    private readonly Dictionary<string, int> _byName = [];
    private readonly Dictionary<string, int> _bySession = [];
    private readonly Dictionary<IpAddress, int> _byClient = [];
    private int _total;

    public int Count => _byTuple.Count;

    public IReadOnlyCollection<RelayAllocation> Allocations => _byTuple.Values;

    public RelayAllocation? Find(FiveTuple tuple) => _byTuple.GetValueOrDefault(tuple);

    public bool TryFindRelayed(Endpoint relayed, [NotNullWhen(true)] out RelayAllocation? allocation) => _byRelayed.TryGetValue(relayed, out allocation);

    public bool IsTaken(Endpoint relayed) => _byRelayed.ContainsKey(relayed) || _reserved.Contains(relayed);

    /// <summary>0, or the code for having too many (RFC 8656 §7.2): 486 where it is the user's share, 508 where it is the server's.</summary>
    public int Judge(RelayOwner owner, int sockets)
    {
        if (_total + sockets > quotas.Total)
        {
            return Stun.StunErrorCode.InsufficientCapacity;
        }

        var exceeds = Exceeds(_byName, owner.Name, sockets, quotas.PerName)
            || (owner.Session.Length > 0 && Exceeds(_bySession, owner.Session, sockets, quotas.PerSession))
            || Exceeds(_byClient, owner.ClientNetwork, sockets, quotas.PerClientAddress);
        return exceeds ? Stun.StunErrorCode.AllocationQuotaReached : 0;
    }

    public void Add(RelayAllocation allocation) => _byTuple.Add(allocation.Tuple, allocation);

    public void AddRelayed(RelayAllocation allocation, Endpoint relayed)
    {
        _byRelayed.Add(relayed, allocation);
        Tally(allocation.Owner, 1);
    }

    public void RemoveRelayed(RelayAllocation allocation, Endpoint relayed)
    {
        _byRelayed.Remove(relayed);
        Tally(allocation.Owner, -1);
    }

    public void Remove(RelayAllocation allocation) => _byTuple.Remove(allocation.Tuple);

    public void Add(RelayReservation reservation)
    {
        _byToken.Add(reservation.Token, reservation);
        _reserved.Add(reservation.Relayed);
        Tally(reservation.Owner, 1);
    }

    public void Remove(RelayReservation reservation)
    {
        _byToken.Remove(reservation.Token);
        _reserved.Remove(reservation.Relayed);
        Tally(reservation.Owner, -1);
    }

    public bool TryFindReservation(ulong token, [NotNullWhen(true)] out RelayReservation? reservation) => _byToken.TryGetValue(token, out reservation);

    public IEnumerable<RelayReservation> Reservations => _byToken.Values;

    private static bool Exceeds<T>(Dictionary<T, int> counts, T key, int more, int most)
        where T : notnull => counts.GetValueOrDefault(key) + more > most;

    private void Tally(RelayOwner owner, int change)
    {
        _total += change;
        Change(_byName, owner.Name, change);
        Change(_byClient, owner.ClientNetwork, change);
        if (owner.Session.Length > 0)
        {
            Change(_bySession, owner.Session, change);
        }
    }

    private static void Change<T>(Dictionary<T, int> counts, T key, int change)
        where T : notnull
    {
        var count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }
}
