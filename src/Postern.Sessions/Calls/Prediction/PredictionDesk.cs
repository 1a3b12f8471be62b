using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>What all parts of a prediction work with.</summary>
internal sealed class PredictionDesk(IceAgent agent, ProbeAllowance allowance, SpareSockets sockets, PortQuestions questions, IRandom random, Queue<PredictionEvent> events)
{
    /// <summary>Two routers of ours at most, and none of theirs: an early packet could spoil what they are about to open.</summary>
    public const byte OpenerTimeToLive = GuessRhythm.PassesTwoRouters;

    public IceAgent Agent { get; } = agent;

    public ProbeAllowance Allowance { get; } = allowance;

    public SpareSockets Sockets { get; } = sockets;

    public PortQuestions Questions { get; } = questions;

    public IRandom Random { get; } = random;

    public required PredictionPlan Plan { get; set; }

    /// <summary>What was measured of our NAT, some time ago.</summary>
    public required NatReport Measured { get; init; }

    /// <summary>What this call has seen of it since.</summary>
    public required NatSight Sight { get; init; }

    /// <summary>Both together.</summary>
    public NatReport Local => Sight.Renew(Measured)!;

    /// <summary>What the plan was made from.</summary>
    public required (PredictionSide Own, PredictionSide Peer) Sides { get; init; }

    /// <summary>Null of a peer that is no Postern.</summary>
    public NatReport? Remote { get; init; }

    /// <summary>The call's own socket, behind whose NAT the ports move.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>The peer's outer endpoint, the one that a server saw, at a port that may be opened towards; none before it is known.</summary>
    public Endpoint Peer { get; set; } = Endpoint.None;

    /// <summary>
    /// Whether an address is one of the other side's routers: only there may a notice send us, lest a peer have us knock on somebody
    /// else's doors.
    /// </summary>
    public bool IsTheirs(string address) => IpAddress.TryParse(address, out var wanted)
        && wanted is { IsLoopback: false, IsMulticast: false, IsUnspecified: false }
        && (wanted == Peer.Address || wanted == Remote?.Mapped.Address || Theirs.Known.Contains(wanted));

    /// <summary>The other side's addresses, any of which its next mapping may have.</summary>
    public AddressPool Theirs => _theirs ??= AddressPool.Of(Remote);

    /// <summary>Ours.</summary>
    public AddressPool Ours => _ours ??= AddressPool.Of(Local);

    private AddressPool? _theirs;
    private AddressPool? _ours;

    /// <summary>Ports at each address that the other side's mapping may have; of several the same port everywhere before the next one.</summary>
    public IEnumerable<Endpoint> AtTheirs(IEnumerable<int> ports) => ports.SelectMany(port =>
        (Theirs.Known.Count > 1 ? Theirs.Known : [Peer.Address]).Select(address => new Endpoint(address, (ushort)port)));

    /// <summary>What other hosts take of our ports.</summary>
    public CrossTraffic CrossTraffic => Sight.CrossTraffic(Measured.Ports);

    /// <summary>Both sides have heard what a counter shows now: weighs the plan anew; false where it is given up.</summary>
    public required Func<CrossTraffic, Instant, bool> Reconsider { get; init; }

    /// <summary>From the first question to the notice of what was learnt, the first time.</summary>
    public TimeSpan? LearntAfter { get; set; }

    /// <summary>How long the budget takes to have ports again after one round.</summary>
    public TimeSpan RoundTime => Allowance.Limits.Silence > TimeSpan.Zero ? Allowance.Limits.Silence + TimeSpan.FromMilliseconds(200) : TimeSpan.FromMilliseconds(600);

    /// <summary>Pays for mappings that questions will make; false where there is nothing for all of them.</summary>
    public bool TryPay(int mappings, Instant now) => Allowance.TryAsk(Questions.Server.Address, mappings, now);

    public void Tell(IReadOnlyList<OpenedPort> opened, PortCounter? counter = null, PortFan? fan = null, ProbeMode? again = null) =>
        events.Enqueue(new PredictionEvent.NoticeReady(new(Agent.LocalCredentials.UsernameFragment, opened, counter, fan, again)));

    /// <summary>Mappings that guesses take: none where one serves all destinations.</summary>
    public static int MappingsOf(IReadOnlyCollection<(Endpoint Local, Endpoint Remote)> guessed, NatReport? local) => local switch
    {
        null or { IsTranslated: false } or { Mapping: NatDependence.EndpointIndependent } => 0,
        { Mapping: NatDependence.AddressDependent } => guessed.DistinctBy(guess => (guess.Local, guess.Remote.Address)).Count(),
        _ => guessed.Count,
    };

    /// <summary>What a peer that is no Postern is told.</summary>
    public required ForeignCandidates Foreign { get; init; }

    public void Note(string what) => events.Enqueue(new PredictionEvent.Noted(what));
}
