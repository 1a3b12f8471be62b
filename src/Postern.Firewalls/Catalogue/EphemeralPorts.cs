using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>
/// Ephemeral ports by system. Defaults only: where the system at hand can be asked (Linux <c>ip_local_port_range</c>, Windows
/// <c>netsh int ipv4 show dynamicport</c>, BSD and macOS <c>sysctl</c>), its answer counts.
/// </summary>
public static class EphemeralPorts
{
    /// <summary>RFC 6335 §6, the dynamic ports, which no registration may claim.</summary>
    public static readonly EphemeralRange Iana = new("iana", "IANA's dynamic ports", Ports(49152, 65535), "RFC 6335 §6", Ports(49152, 65535));

    /// <summary>What is right for some systems and contains every other.</summary>
    public static readonly EphemeralRange Other = new(
        "other", "any other system", Ports(1024, 65535), "RFC 6056 §3.2", Ports(1024, 65535), "The whole range that RFC 6056 would have systems draw from.");

    /// <summary>Best known first; the row for "other" last.</summary>
    public static readonly IReadOnlyList<EphemeralRange> Systems =
    [
        Iana,
        new("linux", "Linux 4.2 and later, so Ubuntu too", Ports(32768, 60999), "/proc/sys/net/ipv4/ip_local_port_range; kernel's ip-sysctl", Ports(31768, 61000),
            "The article has a wrong digit: 31768 for 32768."),
        new("linux-old", "Linux before 4.2", Ports(32768, 61000), "kernel's ip-sysctl", Ports(31768, 61000)),
        new("windows", "Windows Vista and later", Ports(49152, 65535), "Microsoft KB 929851", Ports(49152, 65535)),
        new("windows-xp", "Windows XP", Ports(1025, 5000), "Microsoft's MaxUserPort: from 1025", Ports(1024, 5000)),
        new("windows-2003", "Windows Server 2003", Ports(1025, 5000), "Microsoft's MaxUserPort", null, "From MS08-037 on, its DNS server draws from 49152-65535."),
        new("exchange-2007", "Windows Server 2008 with Exchange 2007", Ports(1025, 60000), "Microsoft's notes on Exchange 2007"),
        new("freebsd", "FreeBSD 10 and later", Ports(10000, 65535), "net.inet.ip.portrange", null, "Sources disagree about versions before; ask the system."),
        new("macos", "macOS and iOS", Ports(49152, 65535), "net.inet.ip.portrange"),
        new("solaris", "Solaris and AIX", Ports(32768, 65535), "tcp_smallest_anon_port; tcp_ephemeral_low"),
        new("hpux", "HP-UX and BSD/OS", Ports(49152, 65535), "surveys of systems' defaults"),
        Other,
    ];

    /// <summary>Null for a system that the table does not have.</summary>
    public static EphemeralRange? Find(string system) =>
        Systems.FirstOrDefault(range => range.System.Equals(system, StringComparison.OrdinalIgnoreCase));

    /// <summary>The systems, in the table's order, whose range holds all of these ports; the smallest range is the likeliest.</summary>
    public static IEnumerable<EphemeralRange> Holding(PortSet ports) =>
        Systems.Where(range => range.Ports.Contains(ports)).OrderBy(range => range.Ports.Count);

    private static PortSet Ports(ushort first, ushort last) => PortSet.Of(new PortRange(first, last));
}
