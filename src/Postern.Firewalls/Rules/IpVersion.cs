namespace Postern.Firewalls.Rules;

/// <summary>The two families of addresses.</summary>
public enum IpVersion : byte
{
    V4,
    V6,
}
