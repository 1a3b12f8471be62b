using Postern.Lab.Boxes;
using Postern.Lab.Predicate.Rehearsals;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>Runs one world and holds what came of it against the forecast.</summary>
public sealed class Trial : IDisposable
{
    /// <summary>Odds from which on a forecast must come true.</summary>
    public const double Sure = 0.999;

    /// <summary>Seconds: a peer that finds no server tries again, ever more seldom, and measures once it is logged in.</summary>
    internal const double TimeToStart = 60;

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
        var hasConnected = false;
        var direct = world.RunUntil(
            () =>
            {
                hasConnected |= AreConnected();
                Redial();
                return IsDirect(_pair.One) && IsDirect(_pair.Other);
            },
            _plan.Patience);
        var outcome = new TrialOutcome
        {
            Plan = _plan,
            Forecast = PairForecast.Of(_plan.Pair),
            Connected = hasConnected && (AlarmedCalls.MayEnd(_plan.Pair) || AreConnected()),
            Direct = direct,
            Path = _pair.One.LastCall?.Path,
            FirstByteAfter = Later(call => call.ConnectedAt, began),
            DirectAfter = Later(call => call.DirectAt, began),
            PacketsSent = Sent() - sentBefore,
            EndpointsProbed = _probed.Count(endpoint => !server.Contains(endpoint.Address)),
            Alarms = _pair.One.Gateways.Concat(_pair.Other.Gateways).Distinct().Select(gateway => gateway.Box).OfType<FirewallBox>().Sum(box => box.Alarms),
        };
        return outcome with { Contradiction = Contradiction(outcome) };
    }

    public void Dispose() => _pair.Dispose();

    private static string? Contradiction(TrialOutcome outcome)
    {
        var (direct, any) = (outcome.OddsOfDirect, outcome.OddsOfConnecting);
        return any >= Sure && !outcome.Connected ? "It should have connected."
            : any == 0 && outcome.Connected ? "It connected though nothing can: the simulator is wrong."
            : direct >= Sure && !outcome.Direct ? $"It should be direct: {outcome.Forecast[0].Reason.Sentence}"
            : direct == 0 && outcome.DirectAfter is not null && outcome.Plan.RouterRestarts is null ? // a NAT that starts again may happen to give the told port
                "It became direct though nothing can: the simulator is wrong."
            : null;
    }

    private static bool IsConnected(Home home) => home.LastCall?.ConnectedAt is not null;

    private static bool IsDirect(Home home) => home.LastCall is { ConnectedAt: not null, IsDirect: true };

    private void Call() => _pair.One.Peer.Call(_pair.Other.Peer.Name);

    private bool AreConnected() => IsConnected(_pair.One) && IsConnected(_pair.Other);

    // As a person would: a call that has failed is made again.
    private void Redial()
    {
        if (_pair.One.LastCall is { Ended: not null } && _pair.One.Peer.IsReady && _pair.Other.Peer.IsReady)
        {
            Call();
        }
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
        _pair.One.LastCall is { } one && _pair.Other.LastCall is { } other && moment(one) is { } here && moment(other) is { } there
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
