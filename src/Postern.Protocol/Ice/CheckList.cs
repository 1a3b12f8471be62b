using System.Runtime.InteropServices;
using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// The pairs of one data stream (RFC 8445 §6.1.2): formed as candidates trickle in, pruned, bounded, and taken from in the order in
/// which they are to be checked.
/// </summary>
internal sealed class CheckList(IceOptions options, IceStats stats)
{
    private const int MaximumBases = 64;
    private const int MaximumPeerReflexive = 16;

    private readonly List<BaseEndpoint> _bases = [];
    private readonly List<Candidate> _remotes = [];
    private readonly List<CandidatePair> _pairs = [];
    private readonly List<CandidatePair> _triggered = [];
    private IceRole _role = options.Role;

    public ReadOnlySpan<CandidatePair> Pairs => CollectionsMarshal.AsSpan(_pairs);

    public IReadOnlyList<BaseEndpoint> Bases => _bases;

    public bool HasTriggered => _triggered.Count > 0;

    /// <summary>The budget is wanted for better things than the way from our socket to the peer's relay, which is no better than from relay to relay.</summary>
    public bool HoldsDetours { get; set; }

    /// <summary>The port that a server saw of the peer is known not to be the one that it speaks to us from.</summary>
    public bool HoldsReflexive { get; set; }

    /// <summary>There is no other way: see <see cref="CandidatePair.KnocksFromRelay"/>.</summary>
    public bool KnocksFromRelays { get; set; }

    /// <summary>Whose candidate is G in every pair's priority.</summary>
    public IceRole Role
    {
        get => _role;
        set
        {
            _role = value;
            Prioritize();
        }
    }

    /// <summary>Null where there are too many bases.</summary>
    public BaseEndpoint? AddLocal(Candidate candidate, IceGeneration generation)
    {
        if (FindBase(candidate.Base) is { } known)
        {
            if (known.HasReflexive && candidate.Type == CandidateType.ServerReflexive)
            {
                TryAgain(known);
            }

            known.Add(candidate);
            Prioritize();
            return known;
        }

        if (_bases.Count == MaximumBases)
        {
            stats.TurnedAway++;
            return null;
        }

        var added = new BaseEndpoint(candidate.Base, candidate.Type == CandidateType.Relayed);
        added.Add(candidate);
        _bases.Add(added);
        foreach (var remote in _remotes)
        {
            TryPair(added, remote, generation);
        }

        return added;
    }

    /// <summary>Drops a base whose socket is gone, with its pairs.</summary>
    public void RemoveLocal(Endpoint address)
    {
        _bases.RemoveAll(b => b.Address == address);
        RemovePairs(pair => pair.LocalAddress == address);
    }

    public void AddRemote(Candidate candidate, IceGeneration generation)
    {
        var known = _remotes.FindIndex(r => r.Address == candidate.Address);
        if (known >= 0)
        {
            Upgrade(known, candidate, generation);
            return;
        }

        if (_remotes.Count(r => r.Type != CandidateType.PeerReflexive) >= options.MaximumRemoteCandidates)
        {
            stats.TurnedAway++;
            return;
        }

        _remotes.Add(candidate);
        foreach (var local in _bases.Where(local => !local.IsFan))
        {
            TryPair(local, candidate, generation);
        }
    }

    /// <summary>A socket that the peer has found among many: null where there are too many bases.</summary>
    public BaseEndpoint? AddFan(Candidate candidate)
    {
        if (FindBase(candidate.Base) is { } known)
        {
            return known;
        }

        if (_bases.Count == MaximumBases)
        {
            stats.TurnedAway++;
            return null;
        }

        var added = new BaseEndpoint(candidate.Base, isRelayed: false) { IsFan = true };
        added.Add(candidate);
        _bases.Add(added);
        return added;
    }

    /// <summary>A remote address that only a check showed (RFC 8445 §7.3.1.3): one pair, with the base the check came to.</summary>
    public CandidatePair? AddPeerReflexive(BaseEndpoint local, Candidate candidate, IceGeneration generation)
    {
        if (!CanPair(local.Address.Address, candidate.Address.Address) || !MakeRoomForPeerReflexive())
        {
            stats.TurnedAway++;
            return null;
        }

        if (!_remotes.Exists(r => r.Address == candidate.Address))
        {
            _remotes.Add(candidate);
        }

        return TryPair(local, candidate, generation);
    }

    public BaseEndpoint? FindBase(Endpoint address)
    {
        foreach (var local in _bases)
        {
            if (local.Address == address)
            {
                return local;
            }
        }

        return null;
    }

    public Candidate? FindRemote(Endpoint address) => _remotes.Find(r => r.Address == address);

    public CandidatePair? Find(Endpoint local, Endpoint remote, IceGeneration? generation)
    {
        foreach (var pair in Pairs)
        {
            if (pair.RemoteAddress == remote && pair.LocalAddress == local && (generation is null || pair.Generation == generation))
            {
                return pair;
            }
        }

        return null;
    }

    /// <summary>RFC 8445 §7.3.1.4: checked before all that wait.</summary>
    public void Trigger(CandidatePair pair)
    {
        if (!pair.IsTriggered)
        {
            pair.IsTriggered = true;
            _triggered.Add(pair);
        }
    }

    /// <summary>The oldest one, a direct pair before a relayed one: nothing waits longer for the pair that is to win.</summary>
    public CandidatePair? TakeTriggered(bool directOnly)
    {
        _triggered.RemoveAll(static pair => pair.IsRemoved);
        var at = Math.Max(_triggered.FindIndex(static pair => !pair.IsRelayed), directOnly ? -1 : 0);
        if (at < 0 || at >= _triggered.Count)
        {
            return null;
        }

        var pair = _triggered[at];
        _triggered.RemoveAt(at);
        pair.IsTriggered = false;
        return pair;
    }

    /// <summary>Whether a pair of this kind was ever checked.</summary>
    public bool IsOpened(PairOpening opening)
    {
        foreach (var pair in Pairs)
        {
            if (pair.Opening == opening && pair.FirstSent != Instant.Never)
            {
                return true;
            }
        }

        return opening == PairOpening.Other;
    }

    /// <summary>The next ordinary check: first the best of each opening kind, so that a direct and a relayed path show early, then by priority.</summary>
    public CandidatePair? NextWaiting(IceGeneration generation, Instant now)
    {
        ReadOnlySpan<bool> opened =
        [
            IsOpened(PairOpening.HostToHost), IsOpened(PairOpening.HostToReflexive), IsOpened(PairOpening.RelayToRelay), IsOpened(PairOpening.Other),
        ];

        CandidatePair? best = null;
        foreach (var pair in Pairs)
        {
            if (IsReady(pair, generation) && pair.HeldUntil <= now && (best is null || pair.ComesBefore(best, opened)))
            {
                best = pair;
            }
        }

        return best;
    }

    /// <summary>Whether its check may begin by itself, as far as the list knows.</summary>
    public bool IsReady(CandidatePair pair, IceGeneration generation) =>
        pair.State == PairState.Waiting && !pair.IsTriggered && pair.Generation == generation && HoldOf(pair) == PairHold.None;

    /// <summary>What keeps a pair's first check from leaving when its turn comes, the budget apart.</summary>
    public PairHold HoldOf(CandidatePair pair) => pair.RemoteType switch
    {
        _ when pair.KnocksUnwelcome => PairHold.Unwelcome, // no patience ends that, and a lite peer is no exception
        _ when pair.KnocksFromRelay && !KnocksFromRelays && !options.PeerIsLite => PairHold.Answer,
        _ when !pair.OpensPort => PairHold.None,
        CandidateType.Relayed when HoldsDetours && _bases.Exists(local => local.IsRelayed) => PairHold.Prediction, // else it is the only way over a relay
        CandidateType.ServerReflexive when HoldsReflexive => PairHold.Prediction,
        _ => PairHold.None,
    };

    /// <summary>Its first check is the peer's: nothing of ours is under way.</summary>
    public bool AwaitsPeer(CandidatePair pair) => HoldOf(pair) is PairHold.Answer or PairHold.Unwelcome;

    /// <summary>A new generation begins (RFC 8445 §9): only the pair that carries data stays.</summary>
    public void Restart(CandidatePair? kept)
    {
        _remotes.Clear();
        RemovePairs(pair => pair != kept);
    }

    /// <summary>RFC 8445 §6.1.2.3.</summary>
    public void Prioritize(CandidatePair pair) =>
        pair.Priority = _role == IceRole.Controlling
            ? CandidatePriority.OfPair(pair.LocalPriority, pair.Remote.Priority)
            : CandidatePriority.OfPair(pair.Remote.Priority, pair.LocalPriority);

    public void RemoveGeneration(IceGeneration generation) => RemovePairs(pair => pair.Generation == generation);

    /// <summary>Our NAT shows us under another endpoint than before: what failed from this base may work now.</summary>
    private void TryAgain(BaseEndpoint local)
    {
        foreach (var pair in Pairs)
        {
            if (pair.Local == local && pair.State == PairState.Failed)
            {
                pair.State = PairState.Waiting;
            }
        }
    }

    /// <summary>RFC 8445 §6.1.2.2: one family, and link-local only with link-local.</summary>
    private static bool CanPair(IpAddress local, IpAddress remote) => local.IsV4 == remote.IsV4 && (local.IsV4 || local.IsLinkLocal == remote.IsLinkLocal);

    /// <summary>A signalled candidate takes the place of the peer-reflexive one that a check showed before it came (RFC 8838 §11).</summary>
    private void Upgrade(int known, Candidate candidate, IceGeneration generation)
    {
        if (_remotes[known].Type != CandidateType.PeerReflexive)
        {
            return;
        }

        _remotes[known] = candidate;
        foreach (var pair in Pairs)
        {
            if (pair.RemoteAddress == candidate.Address)
            {
                pair.Remote = candidate;
                Prioritize(pair);
            }
        }

        foreach (var local in _bases.Where(local => !local.IsFan))
        {
            TryPair(local, candidate, generation);
        }
    }

    private CandidatePair? TryPair(BaseEndpoint local, Candidate remote, IceGeneration generation)
    {
        if (!CanPair(local.Address.Address, remote.Address.Address) || Find(local.Address, remote.Address, generation) is not null)
        {
            return null;
        }

        var pair = new CandidatePair(local, remote, generation);
        Prioritize(pair);
        if (_pairs.Count >= options.MaximumPairs && !MakeRoom(pair))
        {
            stats.TurnedAway++;
            return null;
        }

        _pairs.Add(pair);
        return pair;
    }

    /// <summary>RFC 8445 §6.1.2.5: the lowest priority goes; a pair that works never does, and of the rest one that failed goes first.</summary>
    private bool MakeRoom(CandidatePair wanted)
    {
        CandidatePair? victim = null;
        foreach (var pair in Pairs)
        {
            var mayGo = pair.State == PairState.Failed ? !pair.WasValid : pair.State != PairState.Succeeded && pair.Priority < wanted.Priority;
            if (mayGo && (victim is null || Dispensability(pair).CompareTo(Dispensability(victim)) > 0))
            {
                victim = pair;
            }
        }

        return victim is not null && Remove(victim);
    }

    private static (bool Failed, ulong Rank) Dispensability(CandidatePair pair) => (pair.State == PairState.Failed, ~pair.Priority);

    /// <summary>The oldest address that never worked goes; else the oldest that no longer does: a peer's outer port may move many times.</summary>
    private bool MakeRoomForPeerReflexive()
    {
        if (_remotes.Count(r => r.Type == CandidateType.PeerReflexive) < MaximumPeerReflexive)
        {
            return true;
        }

        var oldest = _remotes.FindIndex(r => IsDispensable(r, pair => pair.State == PairState.Succeeded || pair.WasValid));
        oldest = oldest >= 0 ? oldest : _remotes.FindIndex(r => IsDispensable(r, pair => pair.State == PairState.Succeeded));
        if (oldest < 0)
        {
            return false;
        }

        var address = _remotes[oldest].Address;
        _remotes.RemoveAt(oldest);
        RemovePairs(pair => pair.RemoteAddress == address);
        return true;
    }

    private bool IsDispensable(Candidate remote, Predicate<CandidatePair> isWorth) =>
        remote.Type == CandidateType.PeerReflexive && !_pairs.Exists(pair => pair.RemoteAddress == remote.Address && isWorth(pair));

    private bool Remove(CandidatePair pair)
    {
        pair.MarkRemoved();
        return _pairs.Remove(pair);
    }

    private void RemovePairs(Predicate<CandidatePair> where)
    {
        foreach (var pair in Pairs)
        {
            if (where(pair))
            {
                pair.MarkRemoved();
            }
        }

        _pairs.RemoveAll(pair => pair.IsRemoved);
    }

    private void Prioritize()
    {
        foreach (var pair in Pairs)
        {
            Prioritize(pair);
        }
    }
}
