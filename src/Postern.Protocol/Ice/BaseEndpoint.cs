using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>One socket (or relayed address) from which checks are sent, and the addresses under which others see it.</summary>
internal sealed class BaseEndpoint(Endpoint address, bool isRelayed)
{
    private const int MaximumMapped = 32;

    private readonly List<Candidate> _mapped = [];

    public Endpoint Address { get; } = address;

    public bool IsRelayed { get; } = isRelayed;

    /// <summary>One of many sockets that wait for one packet: it makes no pairs of its own accord.</summary>
    public bool IsFan { get; init; }

    public CandidateType Type => IsRelayed ? CandidateType.Relayed : CandidateType.Host;

    /// <summary>Priority of the candidate that stands for this base in its pairs: a reflexive one is replaced by its base (RFC 8445 §6.1.2.4).</summary>
    public uint Priority { get; private set; }

    /// <summary>
    /// What a check from here says in PRIORITY: that of a peer-reflexive candidate (RFC 8445 §7.1.1). A relayed base says its own,
    /// lest the other side take an address on a relay for a punched one.
    /// </summary>
    public uint CheckPriority => IsRelayed ? Priority : CandidatePriority.Of(CandidateType.PeerReflexive, CandidatePriority.LocalPreference(Priority));

    public bool HasReflexive { get; private set; }

    public void Add(Candidate candidate)
    {
        Priority = Math.Max(Priority, CandidatePriority.Of(Type, CandidatePriority.LocalPreference(candidate.Priority)));
        HasReflexive |= candidate.Type is CandidateType.ServerReflexive or CandidateType.PeerReflexive;
        if (_mapped.Count < MaximumMapped && Find(candidate.Address) is null)
        {
            _mapped.Add(candidate);
        }
    }

    /// <summary>As which candidate the other side saw this base; null where the address is new.</summary>
    public Candidate? Find(Endpoint mapped)
    {
        foreach (var candidate in _mapped)
        {
            if (candidate.Address == mapped)
            {
                return candidate;
            }
        }

        return null;
    }
}
