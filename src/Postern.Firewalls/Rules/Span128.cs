using System.Numerics;

namespace Postern.Firewalls.Rules;

/// <summary>Numbers from one to another, both included.</summary>
internal readonly record struct Span128(UInt128 First, UInt128 Last)
{
    public BigInteger Count => (BigInteger)Last - First + 1;

    public bool Contains(UInt128 number) => First <= number && number <= Last;
}
