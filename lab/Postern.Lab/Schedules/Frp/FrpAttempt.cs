using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.Frp;

/// <summary>One attempt: both sides are surveyed, the server decides, both make their holes (frp, pkg/nathole/controller.go).</summary>
internal sealed class FrpAttempt(ScheduleWorld world, byte number, Func<FrpNat, FrpNat, FrpMemory> memory)
{
    private static readonly Pause Exchange = Pause.Seconds(5);
    private static readonly TimeSpan BeforeSender = TimeSpan.FromSeconds(1); // so that the receiver has opened its box
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadingFan = TimeSpan.FromSeconds(30);

    private readonly FrpHole _visitor = new(world, world.One, number);
    private readonly FrpHole _client = new(world, world.Other, number);
    private FrpTask? _visitorTask;
    private FrpTask? _clientTask;

    /// <summary>The side that wants to reach the other.</summary>
    public IEnumerable<Pause> Visit()
    {
        yield return world.AskServer; // whether the other one is there at all
        foreach (var pause in _visitor.Survey.Ask())
        {
            yield return pause;
        }

        if (_visitor.Survey.IsComplete)
        {
            world.Signal(world.Other, () => world.Other.Run(Attend()));
            yield return Exchange with { Until = () => _visitorTask is not null };
        }

        foreach (var pause in Do(_visitor, _visitorTask))
        {
            yield return pause;
        }
    }

    private IEnumerable<Pause> Attend()
    {
        foreach (var pause in _client.Survey.Ask())
        {
            yield return pause;
        }

        if (_client.Survey.IsComplete)
        {
            world.TellServer(Decide);
            yield return Exchange with { Until = () => _clientTask is not null };
        }

        foreach (var pause in Do(_client, _clientTask))
        {
            yield return pause;
        }
    }

    private static IEnumerable<Pause> Do(FrpHole hole, FrpTask? task)
    {
        if (task is not null)
        {
            return hole.Make(task);
        }

        hole.Close();
        return [];
    }

    private void Decide()
    {
        var (client, visitor) = (_client.Survey.Nat, _visitor.Survey.Nat);
        var (mode, variant) = memory(client, visitor).Recommend();
        var isTurned = mode switch
        {
            1 => !client.IsHard,   // the hard side sends
            2 => client.IsHard,    // the hard side receives
            4 => !client.IsRegular, // the regular side sends
            _ => false,
        };
        var (clientMove, visitorMove) = isTurned ? (variant.Other, variant.One) : (variant.One, variant.Other);
        world.Method = $"mode {mode}";
        Tell(world.Other, Task(clientMove, visitorMove, _visitor, world.One), task => _clientTask = task);
        Tell(world.One, Task(visitorMove, clientMove, _client, world.Other), task => _visitorTask = task);
    }

    private static FrpTask Task(FrpMove move, FrpMove otherMove, FrpHole other, Party otherParty)
    {
        var delay = move.Delay > otherMove.Delay ? move.Delay : otherMove.Delay;
        var patience = delay + Reading + (move.Listens + otherMove.Listens > 0 ? ReadingFan : TimeSpan.Zero) - move.Delay;
        var inner = new Endpoint(otherParty.Address, other.Survey.Socket.Port);
        return new(move, [.. other.Survey.Mapped.Distinct()], inner, other.Survey.Nat.Spread, patience);
    }

    private void Tell(Party party, FrpTask task, Action<FrpTask> told) =>
        world.TellFromServer(party, task.Move.Role == FrpRole.Sender ? BeforeSender : TimeSpan.Zero, () => told(task));
}
