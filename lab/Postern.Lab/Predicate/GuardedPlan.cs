using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate;

/// <summary>
/// What guards that act leave of a plan that asks many ports. They are shown what both sides send for it when they send it, and do
/// their own counting; what they let through is all that the plan has.
/// </summary>
internal sealed class GuardedPlan
{
    private const int Reserved = 16; // mappings that PredictionPlanner leaves to ordinary checks
    private const int Told = 1; // port that it takes from a lottery's
    private const ushort FirstPort = 20_000; // whichever: only that they differ counts, and that none is below 1024
    private const double OftenFound = 0.05; // of a fan's questions: then those that find holes are told apart from those that are refused
    private const int Sets = 200;
    private const double Seldom = 0.0025; // as counted in sweeps: of some 1200 pairs with guards and odds below 0.01, 3 became direct
    private const double HolesBefore = 0.4; // seconds: they are opened before the first question leaves
    private const double HolesPerSecond = 1600; // as a fan's sockets open them
    private const double CallBefore = 1; // seconds from its first packet to the first question

    private static readonly IpAddress Server = IpAddress.Parse("203.0.113.2");
    private static readonly Instant Began = Instant.Zero + TimeSpan.FromHours(2);
    private static readonly Endpoint[] Places = [Endpoint.Parse("198.51.100.1:5000"), Endpoint.Parse("198.51.100.2:5000")];

    /// <summary>After how many seconds checks of what was found are sent again: a ban may have ended.</summary>
    private static readonly double[] Pauses = [0.25, 0.5, 1, 2, 4, 8, 16];

    private readonly PairOptions _pair;
    private readonly bool _isKnownPort; // holes are opened towards the port that questions come from, and belong to one flow with these
    private readonly TimeSpan _roundTrip; // between the sides, without what jitter adds
    private readonly Func<GuardRules, IEnumerable<GuardRules>> _posts;
    private readonly Packet[] _sent;

    /// <param name="pair">What stands where.</param>
    /// <param name="limits">What both may spend.</param>
    /// <param name="plans">As each side has it.</param>
    /// <param name="isKnownPort">Whether holes are opened towards the port that questions come from.</param>
    /// <param name="posts">Which guards stand in the place of one.</param>
    private GuardedPlan(PairOptions pair, ProbeLimits limits, PredictionPlan[] plans, bool isKnownPort, Func<GuardRules, IEnumerable<GuardRules>> posts)
    {
        (_pair, _isKnownPort, _roundTrip, _posts) = (pair, isKnownPort, 4 * pair.ToMiddle, posts);
        _sent = [.. Sent(0, pair.ServerPort, limits, plans[0], plans[1]), .. Sent(1, pair.ServerPort, limits, plans[1], plans[0])];
    }

    private enum PacketKind
    {
        /// <summary>Is counted at home, and arrives nowhere that matters.</summary>
        Beside,
        Hole,
        Question,

        /// <summary>What both have to hear of each other before both are sure.</summary>
        Answer,
    }

    /// <summary>The share that is left of a plan's odds.</summary>
    /// <param name="pair">What stands where.</param>
    /// <param name="one">As the plan takes the one's NAT.</param>
    /// <param name="other">And the other's; both may spend the same.</param>
    /// <param name="plan">What both try, as the one sees it; not nothing.</param>
    /// <param name="posts">Which guards stand in the place of one.</param>
    public static double Left(PairOptions pair, PredictionSide one, PredictionSide other, PredictionPlan plan, Func<GuardRules, IEnumerable<GuardRules>> posts)
    {
        if (!(GuardedSide.Of(pair.One, posts).IsGuarded || GuardedSide.Of(pair.Other, posts).IsGuarded))
        {
            return 1;
        }

        var asks = plan.Opens ? other : one;
        var isKnownPort = plan.Method is not (PredictionMethod.FanOut or PredictionMethod.Learn) || asks.Class is PortClass.Stays or PortClass.Roams;
        var guarded = new GuardedPlan(pair, one.Limits, [plan, PredictionPlanner.Plan(other, one)], isKnownPort, posts);
        var passed = guarded.Passed(() => false, null);
        var (ones, others) = guarded.Passing(passed, one.Limits, plan.Method);
        var share = ones == one.Limits && others == other.Limits ? 1
            : plan.Method == PredictionMethod.FanOut && plan.OddsPerPort > OftenFound ? guarded.Answered(plan.OddsPerPort)
            : PredictionPlanner.Plan(one with { Limits = ones }, other with { Limits = others }).Odds / plan.Odds;
        return Math.Clamp(share, Seldom, 1);
    }

    /// <summary>What both may spend as if they knew of the guards.</summary>
    private (ProbeLimits One, ProbeLimits Other) Passing(List<Packet> passed, ProbeLimits limits, PredictionMethod method)
    {
        return (Of(0), Of(1));

        ProbeLimits Of(int side)
        {
            int Count(IEnumerable<Packet> packets, PacketKind kind) => packets.Count(packet => packet.From == side && packet.Kind == kind);
            var (questions, answered) = (Count(_sent, PacketKind.Question), Count(passed, PacketKind.Answer));
            var (holes, opened) = (Count(_sent, PacketKind.Hole), Count(passed, PacketKind.Hole));
            return limits with
            {
                PerTarget = answered < questions ? answered + (method == PredictionMethod.Lottery ? Told : 0) : limits.PerTarget,
                Mappings = opened < holes ? opened + Reserved : limits.Mappings,
            };
        }
    }

    /// <summary>Of many sets of draws in which a fan's questions find holes, those in which one is answered.</summary>
    private double Answered(double oddsPerPort)
    {
        var (luck, any, answered) = (LabRandom.OfWorld(1), 0, 0);
        for (var set = 0; set < Sets; set++)
        {
            var found = new HashSet<PacketHeader>();
            var passed = Passed(() => luck.Happens(oddsPerPort), found);
            any += found.Count > 0 ? 1 : 0;
            answered += passed.Exists(packet => packet.Kind == PacketKind.Answer) ? 1 : 0;
        }

        return (double)answered / Math.Max(1, any);
    }

    /// <param name="finds">Whether the next question finds a hole.</param>
    /// <param name="found">Those that do, and alone are answered; null where all are as good as that.</param>
    private List<Packet> Passed(Func<bool> finds, HashSet<PacketHeader>? found)
    {
        GuardedSide[] sides = [GuardedSide.Of(_pair.One, _posts), GuardedSide.Of(_pair.Other, _posts)];
        var passed = new List<Packet>();
        var due = new PriorityQueue<Packet, (long, int)>(_sent.Select((packet, order) => (packet, (packet.At.Ticks, order))));
        for (var order = _sent.Length; due.TryDequeue(out var packet, out _); order++)
        {
            var isFound = packet.Kind == PacketKind.Question && finds() && found?.Add(packet.Header) is true;
            var passes = packet.Kind switch
            {
                PacketKind.Answer => IsAnswered(packet, sides),
                _ => Passes(packet, sides, isFound),
            };
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
                due.Enqueue(next, (next.At.Ticks, order));
            }
        }

        return passed;
    }

    /// <summary>Whether a hole is opened, or a question would find it. Those that find none are new flows to a guard, and refused.</summary>
    private bool Passes(Packet packet, GuardedSide[] sides, bool isFound)
    {
        var leaves = sides[packet.From].LetsOut(packet.Header, true, packet.At);
        if (!leaves || packet.Kind != PacketKind.Question)
        {
            return leaves; // what opens a hole dies on its way
        }

        var to = sides[1 - packet.From];
        var belongs = to.LetsIn(packet.Header, packet.At);
        var enters = (isFound && _isKnownPort) || to.LetsAnyoneIn(packet.Header, isFound, packet.At);
        return _isKnownPort ? belongs : enters;
    }

    private static bool IsAnswered(Packet packet, GuardedSide[] sides)
    {
        var answer = packet.Header with { Source = packet.Header.Destination, Destination = packet.Header.Source };
        var (from, to) = (sides[packet.From], sides[1 - packet.From]);
        return from.LetsOut(packet.Header, false, packet.At) && to.LetsIn(packet.Header, packet.At) && to.LetsOut(answer, false, packet.At) && from.LetsIn(answer, packet.At);
    }

    private static IEnumerable<Packet> Sent(int side, int serverPort, ProbeLimits limits, PredictionPlan plan, PredictionPlan others)
    {
        var (own, other) = (Places[side], Places[1 - side]);
        foreach (var (before, destination) in Earlier(serverPort))
        {
            yield return new(Began - TimeSpan.FromSeconds(before), side, Header(own, destination), PacketKind.Beside);
        }

        for (var hole = 0; hole < (plan.FansOut ? plan.Mappings : 0); hole++)
        {
            yield return new(Began + TimeSpan.FromSeconds((hole / HolesPerSecond) - HolesBefore), side, Header(own with { Port = (ushort)(FirstPort + hole) }, other), PacketKind.Hole);
        }

        var opens = plan.Opens && plan.Method != PredictionMethod.Lottery;
        foreach (var (index, at) in Times(limits, Questions(plan, others)))
        {
            yield return new(at, side, Header(own, other with { Port = (ushort)(FirstPort + index) }), opens ? PacketKind.Beside : PacketKind.Question);
        }
    }

    /// <summary>What a side sends to ports before a plan's first question, in seconds before it, as seen of a call right after measuring: that, the call's socket, and the other's host candidate.</summary>
    private static (double Before, Endpoint To)[] Earlier(int serverPort) =>
    [
        (2.3, new(Server, (ushort)serverPort)),
        (2.1, Endpoint.Parse("198.51.100.9:1025")), // its own mapped ports: is there a hairpin?
        (2.1, Endpoint.Parse("198.51.100.9:1026")),
        (CallBefore, new(Server, (ushort)(serverPort + 1))),
        (0.4, Endpoint.Parse("192.168.9.10:1027")),
    ];

    private static PacketHeader Header(Endpoint source, Endpoint destination) => new() { Transport = Transport.Udp, Source = source, Destination = destination };

    /// <summary>Of a fan no more is asked than meets as good as surely.</summary>
    private static int Questions(PredictionPlan plan, PredictionPlan others) => plan is { Method: PredictionMethod.FanOut, Opens: false }
        ? PredictionMath.Enough((int)Math.Round(others.Mappings / plan.OddsPerPort), others.Mappings, plan.Ports)
        : plan.Ports;

    /// <summary>When a side asks, as its budget lets it.</summary>
    private static IEnumerable<(int Index, Instant At)> Times(ProbeLimits limits, int ports)
    {
        var (budget, now) = (new ProbeBudget(), Began);
        for (var index = 0; index < Math.Min(ports, limits.PerTarget); index++)
        {
            while (!budget.TrySpend(Places[0] with { Port = (ushort)(FirstPort + index) }, limits, now, out var retryAt))
            {
                now = retryAt;
            }

            yield return (index, now);
        }
    }

    private sealed record Packet(Instant At, int From, PacketHeader Header, PacketKind Kind, int Tries = 0);
}
