using System.Globalization;

namespace Postern.Firewalls.Rules;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last) : IComparable<PortRange>
{
    public int Count => Last - First + 1;

    public bool Contains(int port) => First <= port && port <= Last;

    public int CompareTo(PortRange other) => First != other.First ? First.CompareTo(other.First) : Last.CompareTo(other.Last);

    /// <summary>"80" or "1024-65535".</summary>
    public override string ToString() => Text("-");

    /// <summary>With the format's own sign between the ends.</summary>
    public string Text(string between) =>
        First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}{between}{Last}");
}
