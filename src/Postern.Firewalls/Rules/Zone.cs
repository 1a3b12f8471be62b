namespace Postern.Firewalls.Rules;

/// <summary>A part of the network as the firewall sees it: what lies behind some of its interfaces.</summary>
/// <param name="Name">A short word in lower case, as Shorewall's zones have.</param>
/// <param name="Interfaces">The firewall's interfaces towards it; none for <see cref="Self"/>, and where the interface is not to be looked at.</param>
/// <param name="Addresses">Who lives there; <see cref="AddressSet.Any"/> where nobody can tell.</param>
public sealed record Zone(string Name, IReadOnlyList<string> Interfaces, AddressSet Addresses)
{
    /// <summary>The firewall itself (Shorewall's <c>$FW</c>).</summary>
    public static readonly Zone Self = new("fw", [], AddressSet.Any);

    public bool IsSelf => ReferenceEquals(this, Self);

    /// <summary>Zones are the same by name: one that was read twice is one zone.</summary>
    public bool Is(Zone other) => IsSelf || other.IsSelf ? IsSelf && other.IsSelf : Name == other.Name;
}
