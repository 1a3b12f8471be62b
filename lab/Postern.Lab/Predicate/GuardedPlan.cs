using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate;

/// <summary>
/// What guards that act leave of a plan. They are shown what both sides send for it when they send it, and do their own counting; what
/// they let through is all that the plan has. Polite plans stay below every known guard, fast ones do not.
/// </summary>
internal sealed class GuardedPlan
{
    private const int Reserved = 16; // mappings that PredictionPlanner leaves to ordinary checks
    private const ushort FirstPort = 20_000; // whichever: only that they differ counts, and that none is below 1024
    private const double OftenFound = 0.05; // of a fan's questions: then those that find holes are told apart from those that are refused
    private const int Sets = 50;

    private const double HolesBefore = 0.4; // seconds: they are opened before the first question leaves

    /// <summary>After how many seconds checks of what was found are sent again: a ban may have ended.</summary>
    private static readonly double[] Pauses = [0.25, 0.5, 1, 2, 4, 8, 16];

    private static readonly Endpoint Server = Endpoint.Parse("203.0.113.2:4780");
    private static readonly Instant Began = Instant.Zero + TimeSpan.FromHours(2);

    /// <summary>What a side sends to ports before a plan's first question, in seconds before it: measuring, a call's socket, and the other's host candidate.</summary>
    private static readonly (double Before, Endpoint To)[] Earlier =
    [
        (2.3, Server),
        (2.1, Endpoint.Parse("198.51.100.9:1025")), // its own mapped ports: is there a hairpin?
        (2.1, Endpoint.Parse("198.51.100.9:1026")),
        (1.0, Server with { Port = 4781 }),
        (0.4, Endpoint.Parse("192.168.9.10:1027")),
    ];

    private readonly GuardedSide _one;
    private readonly GuardedSide _other;
    private readonly bool _isKnownPort; // holes are opened towards the port that questions come from, and belong to one flow with these
    private readonly TimeSpan _roundTrip;

    private GuardedPlan(PairOptions pair, bool isKnownPort)
    {
        (_one, _other, _isKnownPort) = (GuardedSide.Of(pair.One, 1), GuardedSide.Of(pair.Other, 2), isKnownPort);
        _roundTrip = 4 * pair.ToMiddle;
    }

    /// <summary>The share of a plan's odds that is left.</summary>
    /// <param name="pair">What stands where.</param>
    /// <param name="one">As the plan takes the one's NAT.</param>
    /// <param name="other">And the other's.</param>
    /// <param name="plan">What both try, as the one sees it.</param>
    public static double Left(PairOptions pair, PredictionSide one, PredictionSide other, PredictionPlan plan)
    {
        if (plan.Odds == 0 || (GuardedSide.Of(pair.One, 1).Guards.Length + GuardedSide.Of(pair.Other, 2).Guards.Length == 0))
        {
            return 1;
        }

        var asks = plan.Opens ? other : one;
        var isKnownPort = plan.Method is not (PredictionMethod.FanOut or PredictionMethod.Learn) || asks.Class is PortClass.Stays or PortClass.Roams;
        var theirs = PredictionPlanner.Plan(other, one);
        var (ones, others) = new GuardedPlan(pair, isKnownPort).Passing((one.Limits, plan), (other.Limits, theirs));
        return ones == one.Limits && others == other.Limits ? 1
            : plan.Method == PredictionMethod.FanOut && plan.OddsPerPort > OftenFound ? Mean()
            : Math.Min(1, PredictionPlanner.Plan(one with { Limits = ones }, other with { Limits = others }).Odds / plan.Odds);

        double Mean()
        {
            var luck = new LabRandom(1);
            var sets = Enumerable.Range(0, Sets).Select(_ => new GuardedPlan(pair, isKnownPort).Finds(plan, theirs, one.Limits, () => luck.Happens(plan.OddsPerPort))).ToArray();
            return Math.Min(1, (double)sets.Count(found => found.Answered) / Math.Max(1, sets.Count(found => found.Any)));
        }
    }

    /// <summary>What both may spend as if they knew of the guards.</summary>
    private (ProbeLimits One, ProbeLimits Other) Passing((ProbeLimits Limits, PredictionPlan Plan) one, (ProbeLimits Limits, PredictionPlan Plan) other)
    {
        var sent = Sent(_one, _other, one.Limits, one.Plan, other.Plan).Concat(Sent(_other, _one, other.Limits, other.Plan, one.Plan)).ToArray();
        var passed = Passed(sent, () => false);
        return (Of(_one, one.Limits), Of(_other, other.Limits));

        ProbeLimits Of(GuardedSide side, ProbeLimits limits)
        {
            int Count(IEnumerable<Packet> packets, PacketKind kind) => packets.Where(packet => packet.From == side && packet.Kind == kind).DistinctBy(packet => packet.Header).Count();
            var (questions, answered) = (Count(sent, PacketKind.Question), Count(passed, PacketKind.Answer));
            var (holes, opened) = (Count(sent, PacketKind.Hole), Count(passed, PacketKind.Hole));
            return limits with
            {
                PerTarget = answered < questions ? answered : limits.PerTarget,
                Mappings = opened < holes ? opened + Reserved : limits.Mappings,
            };
        }
    }

    /// <summary>Whether in one set of draws any question of a fan finds a hole, and whether one is answered.</summary>
    private (bool Any, bool Answered) Finds(PredictionPlan plan, PredictionPlan theirs, ProbeLimits limits, Func<bool> finds)
    {
        var found = new HashSet<PacketHeader>();
        var sent = Sent(_one, _other, limits, plan, theirs).Concat(Sent(_other, _one, limits, theirs, plan));
        var passed = Passed(sent, finds, found);
        return (found.Count > 0, passed.Exists(packet => packet.Kind == PacketKind.Answer && found.Contains(packet.Header)));
    }

    /// <param name="sent">What is sent in any case.</param>
    /// <param name="finds">Whether the next question finds a hole.</param>
    /// <param name="found">Those that do; null where all are as good as that.</param>
    private List<Packet> Passed(IEnumerable<Packet> sent, Func<bool> finds, HashSet<PacketHeader>? found = null)
    {
        var passed = new List<Packet>();
        var due = new PriorityQueue<Packet, long>(sent.Select(packet => (packet, packet.At.Ticks)));
        while (due.TryDequeue(out var packet, out _))
        {
            var isFound = packet.Kind == PacketKind.Question && finds() && found?.Add(packet.Header) is true;
            var passes = packet.Kind == PacketKind.Answer ? IsAnswered(packet) : Passes(packet, isFound);
            if (passes)
            {
                passed.Add(packet);
            }

            var next = packet.Kind switch
            {
                PacketKind.Question when passes && (isFound || found is null) => packet with { At = packet.At + _roundTrip, Kind = PacketKind.Answer },
                PacketKind.Answer when !passes && packet.Tries < Pauses.Length => packet with { At = packet.At + TimeSpan.FromSeconds(Pauses[packet.Tries]), Tries = packet.Tries + 1 },
                _ => null,
            };
            if (next is not null)
            {
                due.Enqueue(next, next.At.Ticks);
            }
        }

        return passed;
    }

    /// <summary>Whether a hole is opened, or a question would find it. Those that find none are new flows to a guard, and refused.</summary>
    private bool Passes(Packet packet, bool isFound)
    {
        var leaves = packet.From.LetsOut(packet.Header, true, packet.At);
        if (!leaves || packet.Kind != PacketKind.Question)
        {
            return leaves; // what opens a hole dies on its way
        }

        var belongs = packet.To.LetsIn(packet.Header, false, packet.At);
        var enters = (isFound && _isKnownPort) || packet.To.LetsAnyoneIn(packet.Header, isFound, packet.At);
        return _isKnownPort ? belongs : enters;
    }

    private static bool IsAnswered(Packet packet)
    {
        var answer = packet.Header with { Source = packet.Header.Destination, Destination = packet.Header.Source };
        return packet.From.LetsOut(packet.Header, false, packet.At) && packet.To.LetsIn(packet.Header, false, packet.At)
            && packet.To.LetsOut(answer, false, packet.At) && packet.From.LetsIn(answer, false, packet.At);
    }

    private static IEnumerable<Packet> Sent(GuardedSide own, GuardedSide other, ProbeLimits limits, PredictionPlan plan, PredictionPlan others)
    {
        foreach (var (before, destination) in Earlier)
        {
            yield return new(Began - TimeSpan.FromSeconds(before), own, other, Header(own.Endpoint, destination), PacketKind.Earlier);
        }

        for (var hole = 0; hole < (plan.FansOut ? plan.Mappings : 0); hole++)
        {
            var source = own.Endpoint with { Port = (ushort)(FirstPort + hole) };
            yield return new(Began - TimeSpan.FromSeconds(HolesBefore) + (hole * limits.Spacing), own, other, Header(source, other.Endpoint), PacketKind.Hole);
        }

        foreach (var (index, at) in Times(limits, Questions(plan, others)))
        {
            yield return new(at, own, other, Header(own.Endpoint, other.Endpoint with { Port = (ushort)(FirstPort + index) }), PacketKind.Question);
        }
    }

    /// <summary>Of a fan no more is asked than meets as good as surely.</summary>
    private static int Questions(PredictionPlan plan, PredictionPlan others) => plan is { Method: PredictionMethod.FanOut, Opens: false }
        ? PredictionMath.Enough((int)Math.Round(others.Mappings / plan.OddsPerPort), others.Mappings, plan.Ports)
        : plan.Ports;

    private static PacketHeader Header(Endpoint source, Endpoint destination) => new() { Transport = Transport.Udp, Source = source, Destination = destination };

    /// <summary>When a side asks, as its budget lets it.</summary>
    private static IEnumerable<(int Index, Instant At)> Times(ProbeLimits limits, int ports)
    {
        var (budget, now) = (new ProbeBudget(), Began);
        for (var index = 0; index < Math.Min(ports, limits.PerTarget); index++)
        {
            while (!budget.TrySpend(Server with { Port = (ushort)(FirstPort + index) }, limits, now, out var retryAt))
            {
                now = retryAt;
            }

            yield return (index, now);
        }
    }

    private enum PacketKind
    {
        Earlier,
        Hole,
        Question,

        /// <summary>What both have to hear of each other before both are sure.</summary>
        Answer,
    }

    private sealed record Packet(Instant At, GuardedSide From, GuardedSide To, PacketHeader Header, PacketKind Kind, int Tries = 0);
}
