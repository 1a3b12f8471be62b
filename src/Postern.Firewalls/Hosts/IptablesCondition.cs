using System.Globalization;
using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Hosts;

/// <summary>Whether a condition of iptables holds for a flow, as far as it can be told (iptables-extensions(8)).</summary>
internal static class IptablesCondition
{
    /// <summary>Null where we cannot tell. Options that belong to another one hold.</summary>
    public static bool? Holds(IptablesOption option, HostFlow flow)
    {
        var holds = Plain(option, flow);
        return option.IsNegated ? !holds : holds;
    }

    private static bool? Plain(IptablesOption option, HostFlow flow) => option.Name switch
    {
        "-A" or "-m" or "--comment" or "--limit-burst" or "-c" => true,
        "-i" => Interface(option.Value, flow.In),
        "-o" => Interface(option.Value, flow.Out),
        "-p" => flow.Protocol == IpProtocol.Any ? null : Protocol(option.Value, flow),
        "-s" => Address(option.Value, flow.Source),
        "-d" => Address(option.Value, flow.Destination),
        "--sport" or "--sports" => Port(option.Value, flow.SourcePort),
        "--dport" or "--dports" => Port(option.Value, flow.DestinationPort),
        "--ctstate" or "--state" => option.Value.Split(',').Contains("NEW"),
        "--syn" => flow.Protocol == IpProtocol.Tcp,
        "--tcp-flags" => option.Values is ["FIN,SYN,RST,ACK", "SYN"] && flow.Protocol == IpProtocol.Tcp ? true : null,
        "--dst-type" => AddressType(option.Value, flow),
        _ => null,
    };

    private static bool? Interface(string wanted, string? name) =>
        name is null ? null : wanted.EndsWith('+') ? name.StartsWith(wanted[..^1], StringComparison.Ordinal) : name == wanted;

    private static bool Protocol(string wanted, HostFlow flow) => wanted switch
    {
        "all" => true,
        "ipv6-icmp" or "icmpv6" => flow.Protocol == IpProtocol.Icmp6,
        _ => wanted == flow.Protocol.Word() || wanted == ((int)flow.Protocol).ToString(CultureInfo.InvariantCulture),
    };

    private static bool? Address(string wanted, IPAddress? address)
    {
        var isAll = wanted is "0.0.0.0/0" or "::/0";
        var text = wanted.Contains('/') ? wanted : $"{wanted}/{(wanted.Contains(':') ? 128 : 32)}";
        return isAll ? true : address is null || !IPNetwork.TryParse(text, out var network) ? null : network.Contains(address);
    }

    private static bool? Port(string wanted, ushort? port) => port is null || !PortSet.TryParse(wanted, out var ports) ? null : ports.Contains(port.Value);

    /// <summary>What comes in to an address of ours is local; where it goes out to, only the routes know.</summary>
    private static bool? AddressType(string wanted, HostFlow flow)
    {
        var isUnicast = flow.Destination is { } address && address.GetAddressBytes()[0] is not (>= 224 and <= 255);
        return (flow.Hook, wanted) switch
        {
            ("input", "LOCAL") when isUnicast => true,
            (_, "MULTICAST" or "BROADCAST") when isUnicast => false,
            _ => null,
        };
    }
}
