namespace Postern.Firewalls.Rules;

/// <summary>Who plays a role, seen from the firewall.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Place">Its zone; null for the firewall itself.</param>
/// <param name="Addresses">Which hosts there.</param>
/// <param name="Ports">The port that it chose; null for the application's default.</param>
/// <param name="IsBound">Whether somebody named it.</param>
internal sealed record Party(string Role, SiteZone? Place, AddressSet Addresses, PortSet? Ports = null, bool IsBound = false)
{
    public Zone Zone => Place?.Zone ?? Zone.Self;

    public bool IsSelf => Place is null;

    public bool IsOutside => Place is { IsOutside: true };

    public bool IsInside => Place is { IsOutside: false };
}
