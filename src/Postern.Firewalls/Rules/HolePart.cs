using System.Numerics;

namespace Postern.Firewalls.Rules;

/// <summary>How much of one family and protocol is open.</summary>
/// <param name="Version">The family.</param>
/// <param name="Protocol">The protocol; <see cref="IpProtocol.Any"/> for one of those that no rule names.</param>
/// <param name="Count">
/// Combinations of source address, source port, destination address and destination port (of ICMP: addresses and type) with which a
/// flow may be opened.
/// </param>
public sealed record HolePart(IpVersion Version, IpProtocol Protocol, BigInteger Count)
{
    /// <summary>As a power of two; negative infinity where nothing is open.</summary>
    public double Bits => HoleSize.Log2(Count);
}
