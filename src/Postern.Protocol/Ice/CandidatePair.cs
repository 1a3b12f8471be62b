using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Turn;

namespace Postern.Protocol.Ice;

/// <summary>
/// A local base and a remote candidate (RFC 8445 §6.1.2.2). The valid pair that a check may construct (RFC 8445 §7.2.5.3.2) is the
/// same object, which then knows as what the other side sees its base.
/// </summary>
internal sealed class CandidatePair(BaseEndpoint local, Candidate remote, IceGeneration generation)
{
    public PairPulse Pulse = PairPulse.Unborn;
    public CheckTransaction Check;
    public SentChecks Sent;

    public BaseEndpoint Local { get; } = local;

    public Candidate Remote { get; set; } = remote;

    public IceGeneration Generation { get; } = generation;

    public PairState State { get; set; }

    public PairFailure Failure { get; set; }

    public ulong Priority { get; set; }

    /// <summary>Stands in the triggered queue.</summary>
    public bool IsTriggered { get; set; }

    /// <summary>Its check left after one of the peer's had come, so it passes the peer's NAT: another one would tell no more.</summary>
    public bool IsCheckTriggered { get; set; }

    /// <summary>The peer's first check came before ours left.</summary>
    public bool IsOpenedByPeer { get; set; }

    /// <summary>Left the check list.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Held by a keep-alive, beside the selected pair.</summary>
    public bool IsWarm { get; set; }

    /// <summary>As what the other side sees <see cref="Local"/>; null until a response told.</summary>
    public Candidate? Seen { get; set; }

    public CandidateType LocalType => Local.IsRelayed ? CandidateType.Relayed : Seen?.Type ?? CandidateType.Host;

    /// <summary>That of the base until the pair is valid, then that of the candidate which validated (RFC 8445 §7.2.5.3.2), so that both sides rank alike.</summary>
    public uint LocalPriority => Seen?.Priority ?? Local.Priority;

    /// <summary>The budget has nothing for its first check before.</summary>
    public Instant HeldUntil { get; set; } = Instant.Zero;

    public TimeSpan RoundTrip { get; set; }

    /// <summary><see cref="RoundTrip"/> is only an upper bound.</summary>
    public bool IsRoundTripBound { get; set; }

    public Instant FirstSent { get; set; } = Instant.Never;

    /// <summary>Zero before the first.</summary>
    public Instant LastSent { get; set; }

    public Instant FirstValid { get; set; } = Instant.Never;

    /// <summary>When it last became valid.</summary>
    public Instant ValidatedAt { get; set; } = Instant.Never;

    /// <summary>The controlling side's wish to put USE-CANDIDATE into its checks, with <see cref="NominationToSend"/>.</summary>
    public bool IsToBeNominated { get; set; }

    public uint NominationToSend { get; set; }

    /// <summary>An error came whose integrity could not be verified.</summary>
    public bool WasRefused { get; set; }

    public long RequestsSent { get; set; }

    public long RequestsReceived { get; set; }

    public long ResponsesReceived { get; set; }

    /// <summary>The last USE-CANDIDATE on either side: sent and confirmed, or received.</summary>
    public Instant NominatedAt { get; set; } = Instant.Never;

    /// <summary>The highest NOMINATION value seen with it.</summary>
    public uint NominationValue { get; set; }

    public bool IsNominated => NominatedAt != Instant.Never;

    public bool WasValid => FirstValid != Instant.Never;

    public Endpoint LocalAddress => Local.Address;

    public Endpoint RemoteAddress => Remote.Address;

    public IcePath Path => new(LocalAddress, RemoteAddress, LocalType, RemoteType, RoundTrip, Remote.IsPredicted || Local.IsFan);

    public bool IsRelayed => Local.IsRelayed || RemoteType == CandidateType.Relayed;

    public PairOpening Opening => (Local.IsRelayed, RemoteType) switch
    {
        (false, CandidateType.Host) => PairOpening.HostToHost,
        (false, CandidateType.ServerReflexive or CandidateType.PeerReflexive) => PairOpening.HostToReflexive,
        (true, CandidateType.Relayed) => PairOpening.RelayToRelay,
        _ => PairOpening.Other,
    };

    /// <summary>
    /// Whether it leads over the internet, where something may stand before the peer that is spoilt by who comes before it has opened: a
    /// NAT, or before a host of IPv6 a firewall. A host with a public IPv4 address has seldom either.
    /// </summary>
    public bool IsOutside => Opening == PairOpening.HostToReflexive
        || (Opening == PairOpening.HostToHost && !RemoteAddress.IsV4 && !RemoteAddress.Address.IsLoopback && !RemoteAddress.Address.IsLinkLocal && !ReservedAddresses.Private.Contains(RemoteAddress.Address));

    /// <summary>A peer-reflexive address whose priority has the type preference of a relay is one on a relay.</summary>
    public CandidateType RemoteType => Remote.Type == CandidateType.PeerReflexive && Remote.Priority >> 24 == CandidatePriority.TypePreference(CandidateType.Relayed)
        ? CandidateType.Relayed
        : Remote.Type;

    /// <summary>Whether its first check opens a destination port that nothing has come from.</summary>
    public bool OpensPort => !Local.IsRelayed && RequestsSent == 0 && RequestsReceived == 0;

    /// <summary>
    /// Our relay would be the first to send to the other side's own address. To guards there a relay is one sender, whoever's calls it
    /// carries, and no purse knows them all; so it waits for a check from there, which a full agent sends to our relayed address.
    /// </summary>
    public bool KnocksFromRelay => Local.IsRelayed && RequestsReceived == 0 && RemoteType != CandidateType.Relayed;

    /// <summary>
    /// A check of ours would be the first packet to a port that means something else to somebody, whoever named it: it only answers one
    /// that has come from exactly there, to this socket.
    /// </summary>
    public bool KnocksUnwelcome => RequestsReceived == 0 && UnwelcomePorts.Contains(RemoteAddress.Port);

    public void MarkRemoved()
    {
        IsRemoved = true;
        State = PairState.Failed;
        Failure = PairFailure.Removed;
    }

    /// <summary>Whether its turn is before another's.</summary>
    /// <param name="other">Of the same list.</param>
    /// <param name="opened">Which kinds had their turn.</param>
    public bool ComesBefore(CandidatePair other, ReadOnlySpan<bool> opened)
    {
        var (turn, others) = (Turn(Opening, opened), Turn(other.Opening, opened));
        return turn != others ? turn < others

            // The base that a STUN server answered is the one that leads outside, whatever its preference.
            : turn == PairOpening.HostToReflexive && Local.HasReflexive != other.Local.HasReflexive ? Local.HasReflexive
            : Priority > other.Priority;
    }

    /// <param name="hold">What the list says of its first check.</param>
    public PairReport Report(PairHold hold) =>
        new(Path, State, Failure, Priority, RequestsSent, RequestsReceived, ResponsesReceived, FirstSent, FirstValid, IsNominated, State != PairState.Waiting ? PairHold.None
            : hold != PairHold.None ? hold
            : OpensPort && HeldUntil > Instant.Zero ? PairHold.Budget : PairHold.None);

    private static PairOpening Turn(PairOpening opening, ReadOnlySpan<bool> opened) => opened[(int)opening] ? PairOpening.Other : opening;
}
