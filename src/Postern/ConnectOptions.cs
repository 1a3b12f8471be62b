using System.Net;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Calls;
using Postern.Transports;

namespace Postern;

/// <summary>What a <see cref="PeerPath"/> over your own signalling is made with.</summary>
public sealed record ConnectOptions
{
    /// <summary>Carries offers, answers and candidates; both sides must trust it unless they sign (<see cref="Identity"/>).</summary>
    public required ISignal Signal { get; init; }

    /// <summary>Exactly one of the two sides calls: it makes the offer.</summary>
    public required bool IsCaller { get; init; }

    /// <summary>A name for the conversation, the same on both sides.</summary>
    public string Session { get; init; } = "session";

    /// <summary>Our name, as the other side knows it.</summary>
    public string LocalName { get; init; } = "local";

    /// <summary>The other side's name, as it knows itself.</summary>
    public string RemoteName { get; init; } = "remote";

    /// <summary>Signs our offer or answer; null where the signalling is trusted or the peer is a browser.</summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>The key that must have signed the other side's offer or answer; null where none is asked for.</summary>
    public string? RemoteKey { get; init; }

    /// <summary>STUN servers, from which mapped addresses are learnt.</summary>
    public IReadOnlyList<IPEndPoint> StunServers { get; init; } = [];

    /// <summary>TURN servers.</summary>
    public IReadOnlyList<RelayServer> Relays { get; init; } = [];

    /// <summary>The addresses to speak from; null takes those of the machine.</summary>
    public IReadOnlyList<IPAddress>? LocalAddresses { get; init; }

    /// <summary>Only relayed paths.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>The offer and the answer wait until all candidates are gathered, for peers that cannot take them one by one.</summary>
    public bool GatherFirst { get; init; }

    /// <summary>What was measured of our NAT: with it, ports that move are predicted; null predicts nothing.</summary>
    public NatReport? NatReport { get; init; }

    /// <summary>How much the networks on the way may be bothered for a direct path. Between two sides the more careful word holds.</summary>
    public ProbeMode Probe { get; init; }

    /// <summary>How long connecting may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Opens a socket; null does so here, another may in a network namespace.</summary>
    internal Func<Endpoint, UdpTransportOptions, UdpTransport>? Bind { get; init; }
}
