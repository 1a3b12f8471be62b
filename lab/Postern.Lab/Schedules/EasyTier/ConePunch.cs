using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>Both send to the endpoint that a server has seen of the other (punch_cone_to_cone). It is tried before the others, too.</summary>
internal sealed class ConePunch(ScheduleWorld world, Party client, PunchListener listener)
{
    private const double Patience = 3;
    private static readonly TimeSpan AfterCall = TimeSpan.FromSeconds(1);
    private static readonly Pause BetweenLooks = Pause.Milliseconds(200);

    public IEnumerable<Pause> Try(byte attempt)
    {
        var select = new RemoteCall(world, world.Facing(client), listener.Select);
        yield return select.Wait;
        if (listener.Mapped is not { } target)
        {
            yield break;
        }

        var joining = new Joining(world, client);
        var array = new SocketArray(client, 1, joining.Hear) { Attempt = attempt };
        var question = client.Ask(array.First, 0);
        foreach (var pause in question.Wait(Patience))
        {
            yield return pause;
        }

        if (question.Mapped is { } mapped)
        {
            array.SendAll(target);
            var knock = new RemoteCall(world, world.Facing(client), () => listener.KnockAt(mapped, attempt));
            foreach (var pause in Watch(array, joining, target, knock))
            {
                yield return pause;
            }
        }

        array.Close();
    }

    private IEnumerable<Pause> Watch(SocketArray array, Joining joining, Endpoint target, RemoteCall knock)
    {
        Instant? doneAt = null;
        while (doneAt is null || client.World.Now - doneAt < AfterCall)
        {
            yield return BetweenLooks;
            doneAt ??= knock.IsDone ? client.World.Now : null;
            if (!array.TryTake(out var socket))
            {
                array.SendAll(target);
                continue;
            }

            foreach (var pause in joining.Join(socket, target))
            {
                yield return pause;
            }
        }
    }
}
