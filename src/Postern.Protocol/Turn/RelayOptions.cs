using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>How a relay serves.</summary>
public sealed record RelayOptions
{
    public required LongTermOptions Credentials { get; init; }

    /// <summary>The endpoints that clients send to, as the driver names its sockets. No peer can be one of them.</summary>
    public required IReadOnlyList<Endpoint> Listening { get; init; }

    /// <summary>The IPv4 address of relayed endpoints as the world sees it; null for none.</summary>
    public IpAddress? RelayV4 { get; init; }

    /// <summary>The IPv6 address of relayed endpoints; null for none.</summary>
    public IpAddress? RelayV6 { get; init; }

    /// <summary>RFC 8656 §7.2: "within the range 49152-65535".</summary>
    public ushort FirstPort { get; init; } = 49152;

    public ushort LastPort { get; init; } = 65535;

    public TimeSpan MaximumLifetime { get; init; } = TurnConstants.MaximumLifetime;

    public PeerPolicy Peers { get; init; } = PeerPolicy.Default;

    public RelayQuotas Quotas { get; init; } = new();

    public SessionPolicy Sessions { get; init; } = new();

    /// <summary>Bytes a second by which answers to strangers may exceed their requests, for each IPv4 /24 or IPv6 /56.</summary>
    public int UnauthenticatedBytesPerSecond { get; init; } = 16 << 10;

    /// <summary>The burst of the same.</summary>
    public int UnauthenticatedBurst { get; init; } = 64 << 10;

    /// <summary>Whether channel numbers up to 0x7FFF are taken, as RFC 5766 allowed: coturn's own test client still draws from them.</summary>
    public bool TakesOldChannels { get; init; }

    /// <summary>SOFTWARE in answers to users; strangers' answers are kept short. Null for none.</summary>
    public string? Software { get; init; } = "Postern";
}
