using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.HyperDht;

/// <summary>One connection: handshake, a round of probing and a round of punching, all over a node of the DHT (lib/connect.js, lib/server.js).</summary>
internal sealed class HyperDhtMeeting(ScheduleWorld world)
{
    private static readonly Pause Patience = Pause.Seconds(10);

    // The node that passes a signal on sees from where it comes; in these worlds that is a question of its own, which takes a little longer.
    private static readonly Pause Passing = Pause.Milliseconds(20);

    private HyperDhtPuncher? _one;
    private HyperDhtPuncher? _other;
    private Endpoint? _otherAtFirst;
    private int _replies;

    public IEnumerable<Pause> Connect()
    {
        world.Signal(world.Other, () =>
        {
            _other = new(world, world.Other, isInitiator: false);
            world.Signal(world.One, () => _replies = 1);
        });
        yield return Patience with { Until = () => _replies == 1 };
        yield return Passing with { Until = () => _other!.Samples.AtRelay is not null };
        _otherAtFirst = _other!.Samples.AtRelay;
        _one = new(world, world.One, isInitiator: true);
        OpenSession(_otherAtFirst);
        world.Signal(world.Other, () => world.Other.Run(Probe()));
        yield return Patience with { Until = () => _replies == 2 };
        if (_other.Samples.Nat == HyperDhtNat.Consistent && _other.Samples.AtRelay != _otherAtFirst)
        {
            OpenSession(_other.Samples.AtRelay);
        }

        foreach (var pause in _one.Samples.Wait())
        {
            yield return pause;
        }

        if (_one.Samples.Nat == HyperDhtNat.Unknown || _other.Samples.Nat == HyperDhtNat.Unknown)
        {
            world.Method = "given up: too few samples";
            yield break;
        }

        if (_one.Samples.Nat == HyperDhtNat.Random && _other.Samples.Nat == HyperDhtNat.Random)
        {
            world.Method = "given up: both random";
            yield break;
        }

        world.Method = _one.Samples.Nat == _other.Samples.Nat ? "consistent" : "random";
        world.Attempts++;
        world.Signal(world.Other, () =>
        {
            world.Other.Run(_other.Punch(_one.Samples.Nat, _one.Addresses));
            world.Signal(world.One, () => world.One.Run(_one.Punch(_other.Samples.Nat, _other.Addresses)));
        });
    }

    /// <summary>What the other side does in the first round: finds out about itself, and knocks at once where it can.</summary>
    private IEnumerable<Pause> Probe()
    {
        foreach (var pause in _other!.Samples.Wait())
        {
            yield return pause;
        }

        yield return Passing with { Until = () => _one!.Samples.AtRelay is not null };
        if (_other.Samples.Nat == HyperDhtNat.Consistent && _otherAtFirst is not null && _one!.Samples.AtRelay is { } asker)
        {
            _other.Ping(asker);
        }

        world.Signal(world.One, () => _replies = 2);
    }

    private void OpenSession(Endpoint? target)
    {
        if (target is { } known)
        {
            _one!.OpenSession(known);
        }
    }
}
