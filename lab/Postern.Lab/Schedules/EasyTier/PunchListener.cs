using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>The socket to which the other side is to come, and which knocks where it is told to (hole_punch/udp/server.rs).</summary>
internal sealed class PunchListener(ScheduleWorld world, Party party)
{
    private const int FirstRandom = 600;
    private const int BeyondRandom = 800;
    private const int LeastRandom = 180;
    private const int Passes = 2;
    private const int Repeats = 3;
    private const int Batches = 5;
    private const int BatchSize = 2;
    private const double Patience = 3;
    private static readonly Pause BetweenPorts = Pause.Milliseconds(1);
    private static readonly Pause BetweenBatches = Pause.Milliseconds(400);

    private Endpoint _socket;
    private ushort[]? _deck;

    /// <summary>As a server sees it; null before it was asked for.</summary>
    public Endpoint? Mapped { get; private set; }

    /// <summary>Opens it where it is not open yet, and finds out how the world sees it.</summary>
    public IEnumerable<Pause> Select()
    {
        if (Mapped is not null)
        {
            yield break;
        }

        _socket = party.Open(Answer);
        var question = party.Ask(_socket, 0);
        foreach (var pause in question.Wait(Patience))
        {
            yield return pause;
        }

        Mapped = question.Mapped;
    }

    /// <summary>Knocks at one endpoint, in batches.</summary>
    public IEnumerable<Pause> KnockAt(Endpoint target, byte attempt)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            for (var i = 0; i < BatchSize; i++)
            {
                party.Send(new(Word.Probe, attempt), _socket, target);
            }

            yield return BetweenBatches;
        }
    }

    /// <summary>Knocks at these ports, twice over.</summary>
    public IEnumerable<Pause> KnockAt(IReadOnlyList<IpAddress> addresses, IReadOnlyList<ushort> ports, byte attempt)
    {
        for (var pass = 0; pass < Passes; pass++)
        {
            foreach (var port in ports)
            {
                foreach (var address in addresses)
                {
                    for (var i = 0; i < Repeats; i++)
                    {
                        party.Send(new(Word.Probe, attempt), _socket, new(address, port));
                    }
                }

                yield return BetweenPorts;
            }
        }
    }

    /// <summary>The next random ports of a round: all ports were shuffled once, and each round goes on where the last one ended.</summary>
    public ushort[] Draw(int round, ref int position)
    {
        _deck ??= Shuffled();
        var count = world.World.Random.Next(FirstRandom, BeyondRandom);
        count = round > 2 ? Math.Max(count * 2 / round, LeastRandom) : count;
        var start = position;
        position = (start + count) % _deck.Length;
        return [.. Enumerable.Range(start, count).Select(index => _deck[index % _deck.Length])];
    }

    private void Answer(Letter letter, Endpoint source, Endpoint socket)
    {
        if (letter.Word == Word.Hello)
        {
            party.Send(new(Word.Answer), socket, source);
        }
    }

    private ushort[] Shuffled()
    {
        ushort[] ports = [.. Enumerable.Range(1, ushort.MaxValue).Select(port => (ushort)port)];
        for (var i = ports.Length - 1; i > 0; i--)
        {
            var other = world.World.Random.Next(0, i + 1);
            (ports[i], ports[other]) = (ports[other], ports[i]);
        }

        return ports;
    }
}
