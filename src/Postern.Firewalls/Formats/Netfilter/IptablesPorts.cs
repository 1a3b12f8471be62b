using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>Ports in iptables' words: one number or range in the protocol's own match, more in multiport.</summary>
internal static class IptablesPorts
{
    /// <summary>As many alternatives as it takes.</summary>
    public static string[] Of(KernelMatch match, int slots)
    {
        var sources = Options(match.Protocol, "s", match.SourcePorts, slots);
        var destinations = Options(match.Protocol, "d", match.DestinationPorts, slots);
        return [.. from source in sources from destination in destinations select $"{source} {destination}".Trim()];
    }

    /// <summary>Each port with itself.</summary>
    public static IEnumerable<string> Pairs(PortSet ports) =>
        from range in ports.Ranges
        from port in Enumerable.Range(range.First, range.Count)
        select $"-m multiport --sports {port} -m multiport --dports {port}";

    private static List<string> Options(IpProtocol protocol, string end, PortSet ports, int slots)
    {
        if (ports.IsAny)
        {
            return [""];
        }

        if (ports.Ranges is [var only] && protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp)
        {
            return [$"-m {protocol.Word()} --{end}port {only.Text(":")}"];
        }

        return [.. PortChunks.Of(ports, slots, ":").Select(chunk => $"-m multiport --{end}ports {chunk}")];
    }
}
