using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
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
    private const double HolesBefore = 0.4; // seconds: they are opened before the first question leaves

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

    private readonly Side _one;
    private readonly Side _other;

    private readonly bool _isKnownPort; // holes are opened towards the port that questions come from, and belong to one flow with these

    private GuardedPlan(PairOptions pair, bool isKnownPort) => (_one, _other, _isKnownPort) = (Side.Of(pair.One, 1), Side.Of(pair.Other, 2), isKnownPort);

    /// <summary>The share of a plan's odds that is left.</summary>
    /// <param name="pair">What stands where.</param>
    /// <param name="one">As the plan takes the one's NAT.</param>
    /// <param name="other">And the other's.</param>
    /// <param name="plan">What both try, as the one sees it.</param>
    public static double Left(PairOptions pair, PredictionSide one, PredictionSide other, PredictionPlan plan)
    {
        var asks = plan.Opens ? other : one;
        var guarded = new GuardedPlan(pair, plan.Method is not (PredictionMethod.FanOut or PredictionMethod.Learn) || asks.Class is PortClass.Stays or PortClass.Roams);
        if (plan.Odds == 0 || guarded._one.Guards.Length + guarded._other.Guards.Length == 0)
        {
            return 1;
        }

        var (ones, others) = guarded.Passing((one.Limits, plan), (other.Limits, PredictionPlanner.Plan(other, one)));
        return Math.Min(1, PredictionPlanner.Plan(one with { Limits = ones }, other with { Limits = others }).Odds / plan.Odds);
    }

    /// <summary>What both may spend as if they knew of the guards.</summary>
    private (ProbeLimits One, ProbeLimits Other) Passing((ProbeLimits Limits, PredictionPlan Plan) one, (ProbeLimits Limits, PredictionPlan Plan) other)
    {
        var sent = Sent(_one, _other, one.Limits, one.Plan).Concat(Sent(_other, _one, other.Limits, other.Plan)).OrderBy(packet => packet.At);
        var passed = sent.Where(Passes).CountBy(packet => (packet.From, packet.IsQuestion)).ToDictionary();
        return (Of(_one, one), Of(_other, other));

        ProbeLimits Of(Side side, (ProbeLimits Limits, PredictionPlan Plan) own)
        {
            var (asked, opened) = (passed.GetValueOrDefault((side, true)), passed.GetValueOrDefault((side, false)));
            return own.Limits with
            {
                PerTarget = asked < own.Plan.Ports ? asked : own.Limits.PerTarget,
                Mappings = opened < Holes(own.Plan) ? opened + Reserved : own.Limits.Mappings,
            };
        }
    }

    /// <summary>Whether a hole is opened, or a question would be answered if it found one. Those that find none are new flows to a guard, and refused.</summary>
    private bool Passes(Packet packet)
    {
        var answer = packet.Header with { Source = packet.Header.Destination, Destination = packet.Header.Source };
        var leaves = packet.From.LetsOut(packet.Header, true, packet.At);
        if (packet.To is not { } to || !leaves)
        {
            return leaves;
        }

        var belongs = to.LetsIn(packet.Header, false, packet.At);
        var enters = to.LetsAnyoneIn(packet.Header, packet.At);
        return !packet.IsQuestion || ((_isKnownPort ? belongs : enters) && to.LetsOut(answer, false, packet.At) && packet.From.LetsIn(answer, false, packet.At));
    }

    private static IEnumerable<Packet> Sent(Side own, Side other, ProbeLimits limits, PredictionPlan plan)
    {
        foreach (var (before, destination) in Earlier)
        {
            yield return new(Began - TimeSpan.FromSeconds(before), own, null, Header(own.Endpoint, destination), false);
        }

        for (var hole = 0; hole < Holes(plan); hole++)
        {
            yield return new(Began - TimeSpan.FromSeconds(HolesBefore) + (hole * limits.Spacing), own, other, Header(own.Endpoint with { Port = (ushort)(FirstPort + hole) }, other.Endpoint), false);
        }

        foreach (var (index, at) in Times(limits, plan.Ports))
        {
            yield return new(at, own, other, Header(own.Endpoint, other.Endpoint with { Port = (ushort)(FirstPort + index) }), true);
        }
    }

    private static PacketHeader Header(Endpoint source, Endpoint destination) => new() { Transport = Transport.Udp, Source = source, Destination = destination };

    private static int Holes(PredictionPlan plan) => plan.Opens || plan.Method == PredictionMethod.Lottery ? plan.Mappings : 0;

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

    private sealed record Packet(Instant At, Side From, Side? To, PacketHeader Header, bool IsQuestion);

    /// <summary>One side's guards, from inside to outside.</summary>
    private sealed record Side(Endpoint Endpoint, Sentry[] Guards)
    {
        public static Side Of(BoxDescription row, int number) => new(
            Endpoint.Parse($"198.51.100.{number}:5000"),
            [
                .. from box in BoxCatalogue.Boxes(row)
                   from guard in box.Firewall?.Guards ?? []
                   where guard.Action != GuardAction.Nothing
                   select new Sentry(guard),
            ]);

        public bool LetsOut(PacketHeader header, bool opens, Instant now) => Lets(header, GuardSide.Outgoing, opens, now);

        public bool LetsIn(PacketHeader header, bool opens, Instant now) => Lets(header, GuardSide.Incoming, opens, now);

        /// <summary>Shows the guards a new flow that the NAT refuses, and says whether they would let in one that it does not.</summary>
        public bool LetsAnyoneIn(PacketHeader header, Instant now) => Guards.Aggregate(true, (lets, guard) =>
        {
            var isShutOut = guard.Rules.OnlyRefused && guard.Judge(header, GuardSide.Incoming, opens: true, wasDropped: false, now, out _);
            var isDropped = guard.Judge(header, GuardSide.Incoming, opens: true, wasDropped: true, now, out _);
            return lets && !(guard.Rules.OnlyRefused ? isShutOut : isDropped);
        });

        private bool Lets(PacketHeader header, GuardSide side, bool opens, Instant now) =>
            Guards.Aggregate(true, (lets, guard) => !guard.Judge(header, side, opens, wasDropped: false, now, out _) && lets);
    }
}
