namespace Postern.Firewalls.Rules;

/// <summary>What stays allowed beside a refusal: a service, and to whom.</summary>
/// <param name="Name">A short word, such as "dns".</param>
/// <param name="Ports">Destination ports over UDP; any for everything.</param>
/// <param name="Hosts">To whom; any for everybody.</param>
public sealed record RefusalException(string Name, PortSet Ports, AddressSet Hosts)
{
    /// <summary>IANA's registry of ports: domain.</summary>
    public static readonly PortSet Dns = PortSet.Of(53);

    /// <summary>IANA's registry of ports: ntp.</summary>
    public static readonly PortSet Ntp = PortSet.Of(123);

    /// <summary><c>dns</c>, <c>ntp</c>, a port or ports, each with <c>=ADDRESSES</c> behind it to say to whom; or addresses alone.</summary>
    public static bool TryParse(string text, out RefusalException exception)
    {
        exception = new("", PortSet.None, AddressSet.None);
        if (text.Split('=') is not { Length: 1 or 2 } parts)
        {
            return false;
        }

        var (what, hosts) = (parts[0].Trim(), AddressSet.Any);
        if (parts.Length == 2 && (!AddressSet.TryParse(parts[1], out hosts) || hosts.IsEmpty))
        {
            return false;
        }

        if (parts.Length == 1 && AddressSet.TryParse(what, out var only) && !only.IsAny)
        {
            exception = new("hosts", PortSet.Any, only);
            return true;
        }

        var ports = what switch { "dns" => Dns, "ntp" => Ntp, _ => PortSet.TryParse(what, out var named) && !named.IsAny ? named : PortSet.None };
        exception = new(what is "dns" or "ntp" ? what : $"udp-{ports.Text("-", "-")}", ports, hosts);
        return !ports.IsEmpty;
    }
}
