using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Where no relay has any business (IANA's special-purpose registries, and the cloud providers' metadata services).</summary>
internal static class ReservedAddresses
{
    public static readonly AddressRanges All = new(Prefixes().Select(IpPrefix.Parse));

    /// <summary>Those that many networks have at once (RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6, RFC 6598).</summary>
    public static readonly AddressRanges Private = new(
        new[] { "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10" }.Select(IpPrefix.Parse));

    public static IEnumerable<string> Prefixes() =>
    [
        "0.0.0.0/8",       // "this network" (RFC 1122): Linux delivers 0.0.0.0 to itself
        "10.0.0.0/8",      // private (RFC 1918)
        "100.64.0.0/10",   // carrier-grade NAT (RFC 6598); 100.100.100.200 is Alibaba's metadata
        "127.0.0.0/8",     // loopback
        "168.63.129.16/32", // Azure's host agent
        "169.254.0.0/16",  // link-local (RFC 3927); 169.254.169.254 is metadata almost everywhere
        "172.16.0.0/12",   // private
        "192.0.0.0/24",    // IETF protocol assignments; 192.0.0.192 is Oracle's metadata
        "192.0.2.0/24",    // documentation
        "192.88.99.0/24",  // 6to4 relays (RFC 7526)
        "192.168.0.0/16",  // private
        "198.18.0.0/15",   // benchmarks (RFC 2544)
        "198.51.100.0/24", // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",     // multicast
        "240.0.0.0/4",     // reserved, and broadcast

        "::/96",           // unspecified, loopback, IPv4-compatible
        "::ffff:0:0:0/96", // IPv4-translated
        "64:ff9b:1::/48",  // a network's own NAT64 (RFC 8215): where the IPv4 address stands is its secret
        "100::/8",         // discard-only (RFC 6666), and unassigned
        "200::/7", "400::/6", "800::/5", "1000::/4", // unassigned
        "2001::/32",       // Teredo
        "2001:2::/48",     // benchmarks
        "2001:10::/28",    // ORCHID
        "2001:20::/28",    // ORCHIDv2
        "2001:db8::/32",   // documentation
        "3fff::/20",       // documentation
        "4000::/2", "8000::/2", "c000::/3", "e000::/4", "f000::/5", "f800::/6", // unassigned
        "fc00::/7",        // unique local; fd00:ec2::254 is Amazon's metadata
        "fe00::/9",        // unassigned
        "fe80::/10",       // link-local
        "fec0::/10",       // site-local (RFC 3879)
        "ff00::/8",        // multicast
    ];
}
