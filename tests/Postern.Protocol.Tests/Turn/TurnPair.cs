using Postern.Protocol.Net;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>A client's allocation and a relay in one thread, with a network between them that a test can bend.</summary>
internal sealed class TurnPair
{
    public static readonly Endpoint Local = Endpoint.Parse("30.0.0.9:7000");

    public TurnPair(RelayTown town, Func<TurnAllocationOptions, TurnAllocationOptions>? change = null, Endpoint? local = null, ulong seed = 9)
    {
        Town = town;
        var options = new TurnAllocationOptions
        {
            Server = RelayTown.Listening,
            Local = local ?? Local,
            Username = "alice",
            Password = "secret of alice",
        };
        Client = new(new SeededRandom(seed), change?.Invoke(options) ?? options);
    }

    public RelayTown Town { get; }

    public TurnAllocation Client { get; }

    public List<TurnEvent> Events { get; } = [];

    /// <summary>What went to the server, in order.</summary>
    public List<Datagram> Sent { get; } = [];

    /// <summary>What the relay sent to peers.</summary>
    public List<Datagram> ToPeers { get; } = [];

    /// <summary>What peers' data the client took.</summary>
    public List<(Endpoint Peer, byte[] Payload)> Received { get; } = [];

    /// <summary>May change or (null) lose a datagram on its way.</summary>
    public Func<Datagram, Datagram?> Network { get; set; } = datagram => datagram;

    public TurnPair Allocate()
    {
        Client.Allocate(Town.Now);
        Pump();
        return this;
    }

    /// <summary>Lets the time pass for both.</summary>
    public void Wait(double seconds)
    {
        var end = Town.Now + TimeSpan.FromSeconds(seconds);
        while (Client.NextDeadline <= end)
        {
            Town.Wait(Math.Max(0, (Client.NextDeadline - Town.Now).TotalSeconds));
            Client.HandleDeadline(Town.Now);
            Pump();
        }

        Town.Wait((end - Town.Now).TotalSeconds);
        Pump();
    }

    public bool Send(byte[] payload, Endpoint peer)
    {
        var buffer = new byte[2048];
        if (!Client.TryWrap(payload, peer, buffer, out var transmit))
        {
            return false;
        }

        Deliver(new(transmit.Source, transmit.Destination, buffer[..transmit.Length]));
        if (Client.NextDeadline <= Town.Now)
        {
            Client.HandleDeadline(Town.Now);
        }

        Pump();
        return true;
    }

    public void FromPeer(byte[] payload, Endpoint peer) => Route(Town.Receive(payload, peer, Client.Relayed));

    public void Pump()
    {
        var buffer = new byte[2048];
        for (var busy = true; busy;)
        {
            busy = false;
            while (Client.TryTakeEvent(out var happened))
            {
                busy = true;
                Events.Add(happened);
            }

            while (Client.TryTransmit(buffer, out var transmit))
            {
                busy = true;
                Deliver(new(transmit.Source, transmit.Destination, buffer[..transmit.Length]));
            }
        }
    }

    private void Deliver(Datagram datagram)
    {
        Sent.Add(datagram);
        if (Network(datagram) is { } passed)
        {
            Town.Relay.HandleDatagram(passed.Bytes, passed.From, passed.To, Town.Now);
            Town.Drain();
            Route(Town.Take());
        }
    }

    private void Route(List<Datagram> datagrams)
    {
        foreach (var datagram in datagrams)
        {
            if (datagram.To != Client.Local)
            {
                ToPeers.Add(datagram);
            }
            else if (Network(datagram) is { } passed)
            {
                if (Client.TryUnwrap(passed.Bytes, passed.From, out var peer, out var payload))
                {
                    Received.Add((peer, payload.ToArray()));
                }
                else
                {
                    Client.HandleDatagram(passed.Bytes, passed.From, passed.To, Town.Now);
                    Pump();
                }
            }
        }
    }
}
