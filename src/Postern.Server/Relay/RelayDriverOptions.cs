using Microsoft.Extensions.Logging;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;

namespace Postern.Server.Relay;

/// <summary>Where and for whom a relay serves.</summary>
public sealed record RelayDriverOptions
{
    /// <summary>
    /// Addresses and ports to listen on, for TURN and STUN; 0.0.0.0 and [::] stand for all. A second address of a family with
    /// the same port makes NAT behaviour discovery complete (RFC 5780 §6.1).
    /// </summary>
    public required IReadOnlyList<Endpoint> Listen { get; init; }

    /// <summary>Who may use it: <see cref="TurnRestUsers"/> for credentials minted with a shared secret.</summary>
    public required IUserDirectory Users { get; init; }

    public string Realm { get; init; } = "postern";

    /// <summary>The address that the world sees, where it is not the one that is listened on (a one-to-one NAT).</summary>
    public IpAddress? PublicV4 { get; init; }

    public IpAddress? PublicV6 { get; init; }

    /// <summary>A second port for NAT behaviour discovery; null for none, 0 for any.</summary>
    public ushort? SecondPort { get; init; }

    public PeerPolicy Peers { get; init; } = PeerPolicy.Default;

    public RelayQuotas Quotas { get; init; } = new();

    public SessionPolicy Sessions { get; init; } = new();

    public ushort FirstPort { get; init; } = 49152;

    public ushort LastPort { get; init; } = 65535;

    /// <summary>Takes RFC 5766 clients' channel numbers up to 0x7FFF.</summary>
    public bool TakesOldChannels { get; init; }

    /// <summary>Shared by several relays so that they accept each other's nonces; null for one of its own.</summary>
    public ReadOnlyMemory<byte>? NonceSecret { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger? Logger { get; init; }
}
