using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>
/// The side whose mapping does not stay sends from many sockets, the other one knocks: at the ports that follow where they can be
/// foretold, then at random ones (UdpSymToConePunchClient).
/// </summary>
internal sealed class SymmetricPunch(ScheduleWorld world, Party client, EasyTierSurvey survey, PunchListener listener)
{
    private const int Fan = 84;
    private const int NextPorts = 50;
    private const double Patience = 3;
    private static readonly TimeSpan AfterCall = TimeSpan.FromSeconds(1);
    private static readonly Pause BetweenLooks = Pause.Milliseconds(200);

    private readonly Joining _joining = new(world, client);
    private SocketArray? _array;
    private int _position = world.World.Random.Next(0, ushort.MaxValue);

    public IEnumerable<Pause> Try(int round, byte attempt)
    {
        _array ??= new(client, Fan, _joining.Hear);
        var select = new RemoteCall(world, world.Facing(client), listener.Select);
        yield return select.Wait;
        if (listener.Mapped is not { } target)
        {
            yield break;
        }

        var straight = client.Open(_joining.Hear);
        foreach (var pause in _joining.Join(straight, target))
        {
            yield return pause;
        }

        client.Close(straight);
        _array.Attempt = attempt;
        foreach (var pause in KnockAtNextPorts(target).Concat(KnockAtRandomPorts(target, round)))
        {
            yield return pause;
        }
    }

    private IEnumerable<Pause> KnockAtNextPorts(Endpoint target)
    {
        if (survey.Nat is not (EasyTierNat.Increasing or EasyTierNat.Decreasing))
        {
            _array!.SendAll(target);
            yield break;
        }

        var question = client.Ask(client.Open((_, _, _) => { }), 0);
        foreach (var pause in question.Wait(Patience))
        {
            yield return pause;
        }

        _array!.SendAll(target);
        if (question.Mapped is { } seen)
        {
            var first = survey.Nat == EasyTierNat.Increasing ? seen.Port + 1 : seen.Port - NextPorts;
            ushort[] ports = [.. Enumerable.Range(first, NextPorts).Where(port => port is > 0 and <= ushort.MaxValue).Select(port => (ushort)port)];
            foreach (var pause in Watch(target, ports))
            {
                yield return pause;
            }
        }
    }

    private IEnumerable<Pause> KnockAtRandomPorts(Endpoint target, int round) => Watch(target, listener.Draw(round, ref _position));

    private IEnumerable<Pause> Watch(Endpoint target, IReadOnlyList<ushort> ports)
    {
        var knock = new RemoteCall(world, world.Facing(client), () => listener.KnockAt(survey.Addresses, ports, _array!.Attempt));
        Instant? doneAt = null;
        while (doneAt is null || client.World.Now - doneAt < AfterCall)
        {
            _array!.SendAll(target);
            yield return BetweenLooks;
            doneAt ??= knock.IsDone ? client.World.Now : null;
            if (!_array.TryTake(out var socket))
            {
                continue;
            }

            foreach (var pause in _joining.Join(socket, target))
            {
                yield return pause;
            }

            _array.PutBack(socket);
        }
    }
}
