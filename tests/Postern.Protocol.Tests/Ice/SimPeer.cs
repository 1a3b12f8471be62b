using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

/// <summary>One agent, its host address behind an optional NAT, and its relayed address.</summary>
public sealed class SimPeer
{
    private readonly SimWorld _world;

    public SimPeer(SimWorld world, string host, SimNat? nat, IceOptions options, ulong seed)
    {
        _world = world;
        Host = Endpoint.Parse(host);
        Nat = nat;
        Agent = new(options, new SeededRandom(seed));
    }

    public IceAgent Agent { get; }

    public Endpoint Host { get; }

    public SimNat? Nat { get; }

    public Endpoint Relayed { get; private set; }

    public List<Candidate> Candidates { get; } = [];

    public List<(Instant At, IceEvent Event)> Events { get; } = [];

    /// <summary>Application datagrams that arrived, by when and from where.</summary>
    public List<(Instant At, Endpoint Source, Endpoint Destination)> Data { get; } = [];

    /// <summary>Whether this side answers each application datagram with one.</summary>
    public bool Echoes { get; set; }

    public void AddHost(int order = 0) => AddLocal(Candidate.Host(Host, AddressPreference.Of(Host.Address, order)));

    /// <summary>As a STUN server at <see cref="SimWorld.StunServer"/> would show it.</summary>
    public void AddReflexive()
    {
        if (Nat is not null)
        {
            AddLocal(Candidate.ServerReflexive(Nat.Outbound(Host, SimWorld.StunServer), Host, SimWorld.StunServer.Address, AddressPreference.Of(Host.Address, 0)));
        }
    }

    public void AddRelayed(string relayed)
    {
        Relayed = Endpoint.Parse(relayed);
        _world.Relay(Relayed, this);
        AddLocal(Candidate.Relayed(Relayed, Host, Relayed.Address, AddressPreference.Of(Host.Address, 0)));
    }

    public void AddLocal(Candidate candidate)
    {
        Candidates.Add(candidate);
        Agent.AddLocalCandidate(candidate, _world.Now);
        _world.Drain(this);
    }

    /// <summary>Sends application data over the selected path.</summary>
    public bool SendData()
    {
        if (Agent.SelectedPath is not { } path)
        {
            return false;
        }

        Agent.NotePacketSent(path.Local, path.Remote, _world.Now);
        _world.Send(this, [0x80], new(1, path.Local, path.Remote));
        return true;
    }

    public Instant? FirstTime<T>(Func<T, bool>? where = null)
        where T : IceEvent
    {
        foreach (var (at, happened) in Events)
        {
            if (happened is T wanted && (where is null || where(wanted)))
            {
                return at;
            }
        }

        return null;
    }

    public IEnumerable<T> All<T>()
        where T : IceEvent => Events.Select(e => e.Event).OfType<T>();
}
