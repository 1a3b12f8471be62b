using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>The kernel's helpers and the protocol that each reads (net/netfilter/nf_conntrack_*.c).</summary>
internal static class CtHelperObject
{
    private static readonly Dictionary<string, IpProtocol> Protocols = new(StringComparer.Ordinal)
    {
        ["amanda"] = IpProtocol.Udp,
        ["ftp"] = IpProtocol.Tcp,
        ["RAS"] = IpProtocol.Udp,
        ["Q.931"] = IpProtocol.Tcp,
        ["irc"] = IpProtocol.Tcp,
        ["netbios-ns"] = IpProtocol.Udp,
        ["pptp"] = IpProtocol.Tcp,
        ["sane"] = IpProtocol.Tcp,
        ["snmp"] = IpProtocol.Udp,
        ["tftp"] = IpProtocol.Udp,
    };

    // These are for IPv4 alone.
    private static readonly HashSet<string> OnlyV4 = new(StringComparer.Ordinal) { "irc", "netbios-ns", "pptp", "snmp" };

    /// <summary>The kernel's name of the helper; null where it has none for that protocol and family.</summary>
    public static string? For(string? name, IpProtocol protocol, IpVersion? version)
    {
        if (name is null)
        {
            return null;
        }

        var kernel = (name.ToLowerInvariant(), protocol) switch
        {
            ("sip", IpProtocol.Tcp or IpProtocol.Udp) => "sip",
            ("h323" or "ras", IpProtocol.Udp) => "RAS",
            ("h323" or "q.931", IpProtocol.Tcp) => "Q.931",
            (var other, _) => other,
        };
        var fits = kernel == "sip" || (Protocols.TryGetValue(kernel, out var reads) && reads == protocol);
        return fits && (version != IpVersion.V6 || !OnlyV4.Contains(kernel)) ? kernel : null;
    }
}
