using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>A relay with sockets that open at once and a clock that stands still until told otherwise.</summary>
internal sealed class RelayTown
{
    public const string Realm = "postern";
    public const string Secret = "north";
    public const long Epoch = 1_800_000_000;

    public static readonly Endpoint Listening = Endpoint.Parse("20.0.0.1:3478");
    public static readonly Endpoint ListeningV6 = Endpoint.Parse("[2600::1]:3478");
    public static readonly Endpoint Peer = Endpoint.Parse("40.0.0.1:5000");

    private readonly Queue<Datagram> _out = new();

    public RelayTown(Func<RelayOptions, RelayOptions>? change = null, ulong seed = 1)
    {
        var options = new RelayOptions
        {
            Credentials = new() { Realm = Realm, Users = Users, UnixSeconds = Unix },
            Listening = [Listening, ListeningV6],
            RelayV4 = Listening.Address,
            RelayV6 = ListeningV6.Address,
        };
        Relay = new(new SeededRandom(seed), change?.Invoke(options) ?? options);
    }

    public static IUserDirectory Users { get; } = new JoinedUsers(
        new FixedUsers(Realm, [("alice", "secret of alice"), ("bob", "secret of bob")]), new TurnRestUsers(Secret));

    public Relay Relay { get; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public List<RelayEvent> Events { get; } = [];

    public HashSet<Endpoint> Sockets { get; } = [];

    /// <summary>Ports that another program holds.</summary>
    public Predicate<Endpoint> IsHeld { get; set; } = _ => false;

    public static long Unix(Instant now) => Epoch + (now.Ticks / TimeSpan.TicksPerSecond);

    /// <summary>Lets the time pass, deadline by deadline.</summary>
    public void Wait(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Relay.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Relay.NextDeadline);
            Relay.HandleDeadline(Now);
            Drain();
        }

        Now = end;
    }

    /// <summary>Hands in one datagram and gives back all that leaves.</summary>
    public List<Datagram> Receive(byte[] datagram, Endpoint from, Endpoint to, bool isMine = true)
    {
        Relay.HandleDatagram(datagram, from, to, Now).ShouldBe(isMine);
        Drain();
        return Take();
    }

    public List<Datagram> Take()
    {
        List<Datagram> taken = [.. _out];
        _out.Clear();
        return taken;
    }

    public void Drain()
    {
        Span<byte> buffer = stackalloc byte[2048];
        for (var busy = true; busy;)
        {
            busy = false;
            while (Relay.TryTakeEvent(out var happened))
            {
                busy = true;
                Events.Add(happened);
                Obey(happened);
            }

            while (Relay.TryTransmit(buffer, out var transmit))
            {
                busy = true;
                _out.Enqueue(new(transmit.Source, transmit.Destination, buffer[..transmit.Length].ToArray()));
            }
        }
    }

    private void Obey(RelayEvent happened)
    {
        if (happened is RelayEvent.CloseSocket close)
        {
            Sockets.Remove(close.Relayed);
        }
        else if (happened is RelayEvent.OpenSocket open)
        {
            if (IsHeld(open.Relayed))
            {
                Relay.SocketFailed(open.Relayed, Now);
            }
            else
            {
                Sockets.Add(open.Relayed).ShouldBeTrue();
                Relay.SocketOpened(open.Relayed, Now);
            }
        }
    }
}
