using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>
/// The one place that knows in which written forms an IPv6 address means an IPv4 address, so that a refused peer is refused
/// in every one of them. (IPv4-mapped ones are IPv4 already: <see cref="IpAddress"/>.)
/// </summary>
internal static class EmbeddedV4
{
    /// <summary>No form has more than two.</summary>
    public const int Maximum = 2;

    private const uint IsatapGlobal = 0x0200_5EFE;
    private const uint IsatapLocal = 0x0000_5EFE;

    /// <summary>Writes the IPv4 addresses that <paramref name="address"/> leads to and returns how many.</summary>
    public static int Extract(IpAddress address, Span<IpAddress> found)
    {
        if (address.IsV4)
        {
            return 0;
        }

        var bits = address.Bits;
        var low = (uint)bits;
        var count = 0;
        switch (bits >> 32)
        {
            case var high when high == 0: // ::a.b.c.d, IPv4-compatible (RFC 4291)
            case var translated when translated == 0xFFFF_0000: // ::ffff:0:a.b.c.d (RFC 2765)
            case var nat64 when nat64 == (UInt128)0x0064_FF9B << 64: // 64:ff9b::a.b.c.d (RFC 6052)
                found[count++] = IpAddress.FromV4(low);
                break;
        }

        if (bits >> 112 == 0x2002) // 6to4 (RFC 3056)
        {
            found[count++] = IpAddress.FromV4((uint)(bits >> 80));
        }
        else if (bits >> 96 == 0x2001_0000) // Teredo (RFC 4380): its server, and its client with all bits turned
        {
            found[count++] = IpAddress.FromV4((uint)(bits >> 64));
            found[count++] = IpAddress.FromV4(~low);
            return count;
        }

        if ((uint)(bits >> 32) is IsatapGlobal or IsatapLocal && count < Maximum) // ISATAP (RFC 5214), under any prefix
        {
            found[count++] = IpAddress.FromV4(low);
        }

        return count;
    }
}
