using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Server;

/// <summary>What one address (or IPv6 network of 64 bits) has of the switchboard. Kept while it has something, or has claimed lately.</summary>
internal sealed class AddressQuota(IpAddress prefix, int claims, Instant now) : Expiring
{
    private TokenBucket _claims = new(claims, claims / 3600.0, now);

    public IpAddress Prefix { get; } = prefix;

    public int Connections { get; set; }

    public Instant ForgivenAt => _claims.Full;

    public bool TryClaim(Instant now) => _claims.TryTake(1, now);

    /// <summary>A household has one IPv4 address or an IPv6 network of 64 bits.</summary>
    public static IpAddress PrefixOf(IpAddress address) => address.IsV4 ? address : new(address.Bits >> 64 << 64);
}
