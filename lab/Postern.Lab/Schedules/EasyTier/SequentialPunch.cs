using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>Both sides' ports go on one by one: each sends from 25 sockets to the other's port 20 further on (UdpBothEasySymPunchClient).</summary>
internal sealed class SequentialPunch(ScheduleWorld world, Party client, EasyTierSurvey clientSurvey, EasyTierSurvey serverSurvey)
{
    private const int Fan = 25;
    private const int Ahead = 20;
    private const double Patience = 3;
    private static readonly TimeSpan Serving = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Trying = TimeSpan.FromSeconds(6);
    private static readonly Pause BetweenLooks = Pause.Milliseconds(100);

    private readonly Party _server = world.Facing(client);

    public IEnumerable<Pause> Try(byte attempt)
    {
        var joining = new Joining(world, client);
        var array = new SocketArray(client, Fan, joining.Hear) { Attempt = attempt };
        var question = client.Ask(client.Open((_, _, _) => { }), 0);
        foreach (var pause in question.Wait(Patience))
        {
            yield return pause;
        }

        if (question.Mapped is { } own)
        {
            Question? seen = null;
            var ask = new RemoteCall(world, _server, () => Begin(Further(own, clientSurvey), attempt, asked => seen = asked));
            yield return ask.Wait;
            if (ask.IsDone && seen?.Mapped is { } other)
            {
                foreach (var pause in Watch(array, joining, Further(other, serverSurvey)))
                {
                    yield return pause;
                }
            }
        }

        array.Close();
    }

    private IEnumerable<Pause> Watch(SocketArray array, Joining joining, Endpoint target)
    {
        var end = client.World.Now + Trying;
        while (client.World.Now < end)
        {
            array.SendAll(target);
            yield return BetweenLooks;
            if (array.TryTake(out var socket))
            {
                foreach (var pause in joining.Join(socket, target).Concat(joining.Join(socket, target)))
                {
                    yield return pause;
                }

                array.PutBack(socket);
            }
        }
    }

    /// <summary>The other side looks where its ports are, answers, and goes on sending.</summary>
    private IEnumerable<Pause> Begin(Endpoint target, byte attempt, Action<Question> asked)
    {
        var question = _server.Ask(_server.Open((_, _, _) => { }), 0);
        foreach (var pause in question.Wait(Patience))
        {
            yield return pause;
        }

        asked(question);
        _server.Run(Serve(target, attempt));
    }

    private IEnumerable<Pause> Serve(Endpoint target, byte attempt)
    {
        var listening = new List<Endpoint>();
        var array = new SocketArray(_server, Fan, Answer) { Attempt = attempt };
        var end = _server.World.Now + Serving;
        while (_server.World.Now < end)
        {
            array.SendAll(target);
            yield return BetweenLooks;
            if (array.TryTake(out var socket))
            {
                listening.Add(socket);
            }

            listening.ForEach(punched => _server.Send(new(Word.Probe, attempt), punched, target));
        }

        array.Close();
        listening.ForEach(_server.Close);

        void Answer(Letter letter, Endpoint source, Endpoint socket)
        {
            if (letter.Word == Word.Hello && listening.Contains(socket))
            {
                _server.Send(new(Word.Answer), socket, source);
            }
        }
    }

    private static Endpoint Further(Endpoint seen, EasyTierSurvey survey) =>
        seen with { Port = (ushort)Math.Clamp(seen.Port + (survey.Nat == EasyTierNat.Increasing ? Ahead : -Ahead), 0, ushort.MaxValue) };
}
