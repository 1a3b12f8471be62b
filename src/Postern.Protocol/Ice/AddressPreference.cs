using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// The local preference of an address (RFC 8445 §5.1.2.1), by the precedence column of the default policy table of RFC 6724 §2.1:
/// native IPv6 before IPv4, IPv4 before tunnels and unique local addresses.
/// </summary>
public static class AddressPreference
{
    private const int OrdersPerPrecedence = 1000;

    /// <param name="address">The base's address.</param>
    /// <param name="order">Its place among its host's addresses, the best one 0: no two candidates of one type may be equal.</param>
    public static ushort Of(IpAddress address, int order) =>
        (ushort)((Precedence(address) * OrdersPerPrecedence) + OrdersPerPrecedence - 1 - Math.Clamp(order, 0, OrdersPerPrecedence - 1));

    /// <summary>RFC 6724 §2.1: 1 to 50, the higher the better.</summary>
    public static int Precedence(IpAddress address) => address switch
    {
        { IsV4: true } => 35,
        { IsLoopback: true } => 50,
        _ when address.Bits >> 112 == 0x2002 => 30,      // 6to4
        _ when address.Bits >> 96 == 0x2001_0000 => 5,   // Teredo
        _ when address.Bits >> 121 == 0xFC >> 1 => 3,    // unique local
        _ when address.Bits >> 118 == 0xFEC0 >> 6 => 1,  // site-local, deprecated
        _ when address.Bits >> 112 == 0x3FFE => 1,       // 6bone, returned
        _ when address.Bits >> 32 == 0 => 1,             // IPv4-compatible, deprecated
        _ => 40,
    };
}
