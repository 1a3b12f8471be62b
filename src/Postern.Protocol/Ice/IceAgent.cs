using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>
/// A full ICE agent (RFC 8445) for one data stream of one component, over UDP, with trickle (RFC 8838) and consent (RFC 7675).
/// It finds the ways on which datagrams pass between two peers, says at any time which one to use, and moves off one that dies.
/// </summary>
/// <remarks>
/// A datagram's destination, and a <see cref="Transmit.Source"/>, is a base: the host endpoint of a socket, or a relayed endpoint,
/// for which the caller wraps and unwraps. The agent only routes: its work is done by the machines it is made of.
/// </remarks>
public sealed class IceAgent : IMachine<IceEvent>
{
    private const int MaximumRounds = 4; // a failure changes the selection, which changes what is kept and nominated

    private readonly AgentState _state;
    private readonly Nomination _nomination;
    private readonly Consent _consent;
    private readonly Liveness _liveness;
    private readonly PathSelection _selection;
    private readonly CheckPacing _pacing;
    private readonly Patience _patience;
    private readonly Prohibition _prohibition;
    private readonly IncomingRequests _requests;
    private readonly IncomingResponses _responses;

    public IceAgent(IceOptions options, IRandom random)
    {
        _state = new(options, random);
        _nomination = new(_state);
        _consent = new(_state);
        _liveness = new(_state);
        _selection = new(_state, _nomination, _consent);
        _pacing = new(_state);
        _patience = new(_state);
        _prohibition = new(_state);
        _requests = new(_state, _nomination);
        _responses = new(_state, _nomination);
    }

    public IceCredentials LocalCredentials => _state.Current.Local;

    public IceCredentials? RemoteCredentials => _state.Current.Remote;

    public IceRole Role => _state.Role;

    /// <summary>Both ends are Postern, which one learns from the other's description: see <see cref="IceOptions.Renomination"/>.</summary>
    public bool Renomination
    {
        get => _state.Renomination;
        set => _state.Renomination = value;
    }

    public IceStats Stats => _state.Stats;

    /// <summary>Where to send data now; null before any pair is valid and after the last one died.</summary>
    public IcePath? SelectedPath => _state.Selected?.Path;

    /// <summary>Whether there ever was one.</summary>
    public bool HadPath => _patience.HadPath;

    /// <summary>Whether nothing has come back on the selected path for so long that another would be taken if there were one.</summary>
    public bool IsPathSilent(Instant now) => _state.Selected is { } selected && Liveness.IsSilent(selected, now);

    /// <summary>Every pair, as it stands: a copy.</summary>
    public IReadOnlyList<PairReport> Pairs
    {
        get
        {
            var reports = new List<PairReport>();
            foreach (var pair in _state.List.Pairs)
            {
                reports.Add(pair.Report(_state.List.HoldOf(pair)));
            }

            return reports;
        }
    }

    public Instant NextDeadline =>
        Instant.Min(
            Instant.Min(_pacing.NextDeadline, Instant.Min(_nomination.NextDeadline, _state.Guesses.NextDeadline)),
            Instant.Min(Instant.Min(_consent.NextDeadline, _liveness.NextDeadline), _patience.NextDeadline));

    /// <summary>A host, server-reflexive or relayed candidate of this side. Signalling it is the caller's.</summary>
    public void AddLocalCandidate(Candidate candidate, Instant now)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        _state.List.AddLocal(candidate, _state.Current);
        _requests.FollowEarly(candidate.Base, now);
        Renew(now);
    }

    /// <summary>The socket or allocation behind this base is gone: its pairs are, too.</summary>
    public void RemoveLocalCandidates(Endpoint socket, Instant now)
    {
        _state.List.RemoveLocal(socket);
        Advance(now);
    }

    /// <summary>No more local candidates will come.</summary>
    public void EndLocalCandidates(Instant now)
    {
        _state.LocalEnded = true;
        Advance(now);
    }

    /// <summary>
    /// From the peer's offer or answer; checks begin with the first candidate after it. Other credentials than before are the
    /// peer's restart, which <see cref="Restart"/> is to answer first: without it they are passed over and counted.
    /// </summary>
    public void SetRemoteCredentials(IceCredentials credentials, Instant now)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        if (RemoteCredentials is { } known)
        {
            Stats.TurnedAway += credentials == known ? 0 : 1;
            return;
        }

        _state.Current.SetRemote(credentials);
        _requests.FollowAllEarly(now);
        Renew(now);
    }

    /// <summary>From the peer's signalling, as it trickles (RFC 8838 §11); one of another generation is passed over.</summary>
    public void AddRemoteCandidate(Candidate candidate, Instant now)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var isOfGeneration = candidate.UsernameFragment is not { } fragment
            || _state.Current.Remote is not { } remote || fragment == remote.UsernameFragment;
        if (!isOfGeneration || !CandidatePriority.IsValid(candidate.Priority) || candidate.Address.Port == 0 || candidate.Address.Address is { IsUnspecified: true } or { IsMulticast: true })
        {
            Stats.TurnedAway++;
            return;
        }

        _state.List.AddRemote(candidate, _state.Current);
        Renew(now);
    }

    /// <summary>
    /// Asks guessed ports of the peer from one base, the likeliest first, as fast as the budget allows; one that answers becomes
    /// a pair.
    /// </summary>
    public void Guess(Endpoint local, IEnumerable<Endpoint> remotes, GuessRhythm rhythm, Instant now)
    {
        ArgumentNullException.ThrowIfNull(remotes);
        if (_state.List.FindBase(local) is { } socket)
        {
            _state.Guesses.Add(socket, remotes, rhythm, now);
            Renew(now);
        }
    }

    /// <summary>Whether guessed ports are still to be asked, or may still answer.</summary>
    public bool IsGuessing => _state.Guesses.AreUnderWay;

    /// <summary>The guesses that needed a hole of their own: from which base, towards which port.</summary>
    public IReadOnlyCollection<(Endpoint Local, Endpoint Remote)> Guessed => _state.Guesses.Opened;

    /// <summary>Guesses no more, and holds nothing back for it.</summary>
    public void StopGuessing(Instant now)
    {
        _state.Guesses.Stop();
        _state.List.HoldsDetours = _state.List.HoldsReflexive = false;
        Renew(now);
    }

    /// <summary>Whether this is a check of the peer's, by its name and its integrity.</summary>
    public bool IsGenuineCheck(ReadOnlySpan<byte> datagram) =>
        StunMessage.LooksLikeStun(datagram) && StunMessage.TryParse(datagram, out var message) == StunError.None
        && message is { Class: StunClass.Request, Method: StunMethod.Binding } && message.TryGet(StunAttributeType.Username, out var username)
        && _state.Current.IsAddressed(username) && message.VerifyIntegrity(_state.Current.LocalKey);

    /// <summary>
    /// One of many sockets has been found by the peer: a check has come to it. It is used for the pair of that check alone, so
    /// this is to be called before the check is handed over.
    /// </summary>
    public void AddFanSocket(Endpoint socket) => _state.List.AddFan(Candidate.Host(socket, AddressPreference.Of(socket.Address, order: 0)));

    /// <summary>
    /// The budget is wanted for guesses: the way from our sockets to the peer's relay waits until <see cref="StopGuessing"/>, and so,
    /// where it is known to lead nowhere, does what a server saw of the peer.
    /// </summary>
    /// <param name="reflexive">The peer is known to speak to us from another port than to a server.</param>
    public void HoldBack(bool reflexive) => (_state.List.HoldsDetours, _state.List.HoldsReflexive) = (true, reflexive);

    /// <summary>The base under which the peer's side sees <paramref name="mapped"/>, its own endpoint included; null where there is none.</summary>
    public Endpoint? FindBase(Endpoint mapped)
    {
        foreach (var local in _state.List.Bases)
        {
            if (!local.IsRelayed && (local.Address == mapped || local.Find(mapped) is not null))
            {
                return local.Address;
            }
        }

        return null;
    }

    /// <summary>The peer signalled its end-of-candidates (RFC 8838 §14).</summary>
    public void EndRemoteCandidates(Instant now)
    {
        _state.RemoteEnded = true;
        Advance(now);
    }

    /// <summary>New credentials and a new check list (RFC 8445 §9); data stays on the selected path until a new pair validates.</summary>
    public void Restart(Instant now)
    {
        _nomination.Forget();
        _requests.Forget();
        _state.Restart();
        Renew(now);
    }

    /// <summary>
    /// A firewall of our own side has answered "administratively prohibited" to a datagram between these two. True where it was a
    /// check of ours, and nothing ever came from there: then no direct way is opened any more. Where this very computer says so
    /// (<paramref name="isOwn"/>), the other side opens none either.
    /// </summary>
    public bool HandleProhibition(Endpoint local, Endpoint remote, bool isOwn, Instant now)
    {
        var isOurs = _prohibition.Hear(local, remote, isOwn, now);
        Advance(now);
        return isOurs;
    }

    /// <summary>A datagram of the application came: a sign of life.</summary>
    public void NotePacketReceived(Endpoint source, Endpoint destination, Instant now)
    {
        if (FindPair(destination, source) is { } pair)
        {
            _liveness.NoteReceived(pair, now);
        }
    }

    /// <summary>A datagram of the application was sent: something should come back soon.</summary>
    public void NotePacketSent(Endpoint source, Endpoint destination, Instant now)
    {
        if (FindPair(source, destination) is { } pair)
        {
            _liveness.NoteSent(pair, now);
        }
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!StunMessage.LooksLikeStun(datagram) || StunMessage.TryParse(datagram, out var message) != StunError.None
            || message.IsClassic || message.Method != StunMethod.Binding)
        {
            return false;
        }

        var isMine = message.Class switch
        {
            StunClass.Request => _requests.Handle(message, source, destination, now),
            StunClass.Indication => FindPair(destination, source) is not null, // RFC 8445 §11: a keep-alive, nothing to do
            _ => _responses.Handle(message, source, destination, now),
        };
        if (isMine)
        {
            Advance(now);
        }

        return isMine;
    }

    public void HandleDeadline(Instant now)
    {
        if (now >= NextDeadline)
        {
            Advance(now);
        }
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        if (!_state.Outbox.TryTake(out var outgoing))
        {
            transmit = default;
            return false;
        }

        var length = ConnectivityCheck.Write(buffer, outgoing, _state.Tiebreaker);
        transmit = new(length, outgoing.Source, outgoing.Destination, outgoing.TimeToLive);
        return true;
    }

    public bool TryTakeEvent([NotNullWhen(true)] out IceEvent? happened) => _state.Events.TryDequeue(out happened);

    private void Renew(Instant now)
    {
        _patience.Renew(now);
        Advance(now);
    }

    private CandidatePair? FindPair(Endpoint local, Endpoint remote) =>
        _state.Selected is { } selected && selected.RemoteAddress == remote && selected.LocalAddress == local
            ? selected
            : _state.List.Find(local, remote, generation: null);

    private void Advance(Instant now)
    {
        var rounds = 0;
        do
        {
            _state.HasChanged = false;
            _prohibition.Advance(now);
            _consent.Advance(now);
            _liveness.Advance(now);
            _selection.Advance(now);
            _nomination.Advance(now);
            _pacing.Advance(now);
            _state.Guesses.Advance(now);
        }
        while (_state.HasChanged && ++rounds < MaximumRounds);

        _patience.Advance(now);
        if (_state.HasChanged)
        {
            _pacing.Advance(now); // there is more to try
        }
    }
}
