using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate;

/// <summary>Runs one world and holds what came of it against the forecast.</summary>
public sealed class Trial : IDisposable
{
    /// <summary>Odds from which on a forecast must come true.</summary>
    public const double Sure = 0.999;

    /// <summary>Seconds: a peer that finds no server tries again, ever more seldom, and measures once it is logged in.</summary>
    private const double TimeToStart = 60;

    /// <summary>An opener passes two routers of its own side, lest it reach the other side's before that has opened anything.</summary>
    private const int MostBoxesOfAnOpener = 2;

    /// <summary>That all samples lie in one half of what a NAT draws from: then a plan is tried that is not worth it. As measured with a block of 2048, once or twice in a hundred.</summary>
    private const double MisleadingSamples = 0.02;

    private const int LinksOfFirstPackets = 4; // both sides' out and in

    private const double HardlyWorth = PredictionPlanner.Worth / 2; // in half of the range it would be worth it

    private readonly TrialPlan _plan;
    private readonly PairWorld _pair;
    private readonly HashSet<Endpoint> _probed = [];
    private bool _isDisturbed;

    /// <param name="plan">What stands in the world and happens in it.</param>
    /// <param name="random">From one seed.</param>
    /// <param name="keys">Keys that it borrows; null to make its own.</param>
    public Trial(TrialPlan plan, IRandom random, PairKeys? keys = null)
    {
        _plan = plan;
        _pair = new(plan.Pair, random, keys);
    }

    public PairWorld Pair => _pair;

    /// <summary>What can be between these boxes, whoever measures them.</summary>
    public static IReadOnlyList<ForecastPath> Foretell(PairOptions pair)
    {
        var relation = !pair.ShareOutermost ? NetworkRelation.Apart
            : IsOpenInside(pair.One) || IsOpenInside(pair.Other) ? NetworkRelation.SameNetwork
            : NetworkRelation.SameNat;
        var v4 = Between("192.168.1.10:5000", "198.51.100.1:5000", "192.168.2.10:5000", pair.ShareOutermost ? "198.51.100.1:6000" : "198.51.100.2:5000");
        if (!WayOut.ReachesServer(pair.One, pair.ServerPort) || !WayOut.ReachesServer(pair.Other, pair.ServerPort))
        {
            return [.. v4.Select(path => path with { Odds = 0 })]; // nobody logs in
        }

        return pair.HasIpv6 ? [.. v4, .. Between("[2001:db8:1:1::10]:5000", "[2001:db8:1:1::10]:5000", "[2001:db8:1:2::10]:5000", "[2001:db8:1:2::10]:5000")] : v4;

        IReadOnlyList<ForecastPath> Between(string here, string seenHere, string there, string seenThere)
        {
            var roundTrip = 2 * (pair.ToMiddle + pair.ServerToMiddle).TotalMilliseconds; // what goes by while a counter is told
            var one = BoxTruth.Of(pair.One, Endpoint.Parse(here), Endpoint.Parse(seenHere), pair.ServerPort) with { RoundTripMilliseconds = roundTrip };
            var other = BoxTruth.Of(pair.Other, Endpoint.Parse(there), Endpoint.Parse(seenThere), pair.ServerPort) with { RoundTripMilliseconds = roundTrip };
            var limits = ProbeLimits.Of(Held(pair));
            var plan = PredictionPlanner.Plan(new(one.AsMeasured(), limits, IsCaller: true), new(other.AsMeasured(), limits, IsCaller: false));
            var isTriedByMistake = plan is { Method: PredictionMethod.None, Odds: >= HardlyWorth } && pair.Measures;
            return
            [
                .. Forecast.Between(one, other, relation, Held(pair), MethodsOf(pair, plan))
                    .Select(path => isTriedByMistake && path.Kind == ForecastKind.Predicted ? path with { Odds = Math.Max(path.Odds, plan.Odds * MisleadingSamples) } : path)
                    .Select(path => path.Kind == ForecastKind.Relayed ? path : path with { Odds = path.Odds * SparedByLoss(pair) }),
            ];
        }
    }

    public TrialOutcome Run()
    {
        var world = _pair.World;
        _pair.RunUntilReady(TimeToStart);
        var server = _pair.Server.Computer.Addresses;
        world.Tap += Watch;
        var began = world.Now;
        var sentBefore = Sent();
        Call();
        Disturb();
        world.RunUntil(() => !_isDisturbed, TimeSpan.FromMinutes(5));
        var direct = world.RunUntil(() => Redialled() && IsDirect(_pair.One) && IsDirect(_pair.Other), _plan.Patience);
        var outcome = new TrialOutcome
        {
            Plan = _plan,
            Forecast = Foretell(_plan.Pair),
            Connected = Current(_pair.One)?.ConnectedAt is not null && Current(_pair.Other)?.ConnectedAt is not null,
            Direct = direct,
            Path = Current(_pair.One)?.Path,
            FirstByteAfter = Later(call => call.ConnectedAt, began),
            DirectAfter = Later(call => call.DirectAt, began),
            PacketsSent = Sent() - sentBefore,
            EndpointsProbed = _probed.Count(endpoint => !server.Contains(endpoint.Address)),
            Alarms = _pair.One.Gateways.Concat(_pair.Other.Gateways).Distinct().Select(gateway => gateway.Box).OfType<FirewallBox>().Sum(box => box.Alarms),
        };
        return outcome with { Contradiction = Contradiction(outcome) };
    }

    public void Dispose() => _pair.Dispose();

    /// <summary>Nothing is predicted of a NAT that nobody has measured, nor where an opener would die before the last of our boxes.</summary>
    private static IReadOnlySet<ForecastMethod> MethodsOf(PairOptions pair, PredictionPlan plan)
    {
        var methods = ForecastMethods.Between(WayOut.ReachesServer(pair.One, pair.ServerPort) && WayOut.ReachesServer(pair.Other, pair.ServerPort));
        var isShort = plan.Method is PredictionMethod.Learn or PredictionMethod.Ladder or PredictionMethod.FanOut or PredictionMethod.FanToLearned
            && BoxesOf(plan.Opens ? pair.One : pair.Other) > MostBoxesOfAnOpener;
        return pair.Measures && !isShort ? methods : methods.Where(method => method != ForecastMethod.Predict).ToHashSet();
    }

    private static ProbeMode Held(PairOptions pair) => ProbeModes.Between(pair.Probe, pair.OtherProbe ?? pair.Probe);

    /// <summary>Where a box shuts out who comes early, a call hangs on an opener that is not lost on the way; so it may be with either side's first packets.</summary>
    private static double SparedByLoss(PairOptions pair) =>
        BoxCatalogue.Boxes(pair.One).Concat(BoxCatalogue.Boxes(pair.Other)).Any(box => BoxCatalogue.Nat(box)?.EarlyInbound == EarlyInbound.ShutsOut)
            ? Math.Max(0, 1 - (LinksOfFirstPackets * pair.Link.Loss)) : 1;

    /// <summary>Within the shared box nothing stands before this side, or only what neither translates nor filters: its own address is reached there.</summary>
    private static bool IsOpenInside(BoxDescription row) =>
        BoxCatalogue.Boxes(row).SkipLast(1).All(box => box.Firewall is null && BoxCatalogue.Nat(box) is null or { Translates: false, Filtering: NatDependence.EndpointIndependent });

    private static int BoxesOf(BoxDescription description) => BoxCatalogue.Boxes(description).Count;

    private static string? Contradiction(TrialOutcome outcome)
    {
        var direct = Forecast.OddsOfDirect(outcome.Forecast);
        var any = 1 - ((1 - direct) * outcome.Forecast.Where(path => path.Kind == ForecastKind.Relayed).Aggregate(1.0, (left, path) => left * (1 - path.Odds)));
        return any >= Sure && !outcome.Connected ? "It should have connected."
            : any == 0 && outcome.Connected ? "It connected though nothing can: the simulator is wrong."
            : direct >= Sure && !outcome.Direct ? $"It should be direct: {outcome.Forecast[0].Reason.Sentence}"
            : direct == 0 && outcome.DirectAfter is not null && outcome.Plan.RouterRestarts is null ? // a NAT that starts again may happen to give the told port
                "It became direct though nothing can: the simulator is wrong."
            : null;
    }

    private static bool IsDirect(Home home) => Current(home) is { ConnectedAt: not null, IsDirect: true };

    private static PeerCall? Current(Home home) => home.Peer.Calls is [.., var last] ? last : null;

    private void Call() => _pair.One.Peer.Call(_pair.Other.Peer.Name);

    // As a person would: a call that has failed is made again.
    private bool Redialled()
    {
        if (Current(_pair.One) is { Ended: not null } && _pair.One.Peer.IsReady && _pair.Other.Peer.IsReady)
        {
            Call();
        }

        return true;
    }

    private void Disturb()
    {
        var last = TimeSpan.Zero;
        if (_plan.RouterRestarts is { } restart)
        {
            last = restart;
            _pair.World.At(restart, () => _pair.One.Gateways.Select(gateway => gateway.Box).OfType<NatBox>().ToList().ForEach(box => box.Forget(_pair.World.Now)));
        }

        if (_plan.ServerFails is { } fail)
        {
            last = last > fail + _plan.ServerAway ? last : fail + _plan.ServerAway;
            _pair.World.At(fail, _pair.Server.Kill);
            _pair.World.At(fail + _plan.ServerAway, _pair.Server.Start);
        }

        _isDisturbed = last > TimeSpan.Zero;
        _pair.World.At(last + TimeSpan.FromTicks(1), () => _isDisturbed = false);
    }

    private long Sent() => _pair.One.Peer.Calls.Concat(_pair.Other.Peer.Calls).Sum(call => call.Sent);

    private TimeSpan? Later(Func<PeerCall, Instant?> moment, Instant began) =>
        Current(_pair.One) is { } one && Current(_pair.Other) is { } other && moment(one) is { } here && moment(other) is { } there
            ? Instant.Max(here, there) - began
            : null;

    private void Watch(Sighting sighting)
    {
        var header = sighting.Packet.Header;
        if (sighting.Kind == SightingKind.Sent && header.Transport == Packets.Transport.Udp && IsOurs(header.Source.Address))
        {
            _probed.Add(header.Destination);
        }
    }

    private bool IsOurs(IpAddress address) => _pair.One.Computer.Addresses.Contains(address) || _pair.Other.Computer.Addresses.Contains(address);
}
