using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>One flow in plain words.</summary>
internal static class FlowText
{
    public static IEnumerable<string> Lines(Application application, Flow flow)
    {
        yield return Sentence(application, flow);
        yield return flow.Why;
        if (flow.Condition.Length > 0)
        {
            yield return flow.Condition;
        }

        yield return $"{Need(flow.Need)} {Confidence(flow)}{(flow.IsAlive ? "" : " Nothing uses it any more.")}";
        if (flow.Stated is { } stated)
        {
            yield return $"The source stated: {stated}.";
        }

        foreach (var line in Warnings(flow))
        {
            yield return line;
        }

        if (flow.Sources.Count > 0)
        {
            yield return $"From: {string.Join("; ", flow.Sources)}.";
        }
    }

    public static string Sentence(Application application, Flow flow)
    {
        var (from, to) = flow.From == flow.To ? ($"One {flow.From}", $"another {flow.To}") : (Party(flow.From, isFirst: true), Party(flow.To, isFirst: false));
        var protocols = string.Join(" or ", flow.Protocols.Select(Protocol));
        if (!flow.Protocols.All(EntryWords.HasPorts))
        {
            var type = flow.IcmpType is { } number ? number is 8 or 128 ? " echo requests" : $" of type {number}" : "";
            return $"{from} sends {protocols}{type} to {to}{Where(flow)}.";
        }

        var target = flow.DestinationPorts == PortExpression.Anything && !flow.SamePort ? $"any port of {to}" : $"{Ports(application, flow.DestinationPorts)} of {to}";
        var source = flow.SamePort || flow.SourcePorts == PortExpression.Anything ? "" : $" from {Ports(application, flow.SourcePorts)}";
        return $"{from} starts {protocols}{source} towards {target}{Where(flow)}{(flow.SamePort ? ", from the port of the same number" : "")}.";
    }

    private static string Where(Flow flow) =>
        (flow.Addresses is { } addresses ? $" ({addresses})" : "") + (flow.Hosts.Count > 0 ? $" ({string.Join(", ", flow.Hosts)})" : "");

    private static string Party(string role, bool isFirst) => role switch
    {
        "broadcast" => "everybody in its network (broadcast)",
        "multicast" => "a group (multicast)",
        "anywhere" => isFirst ? "Any host" : "any host",
        _ => $"{(isFirst ? "The" : "the")} {role}",
    };

    private static string Protocol(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Icmp6 => "ICMPv6",
        IpProtocol.Ipv6InIp => "IPv6 inside IPv4",
        IpProtocol.UdpLite => "UDP-Lite",
        _ => EntryWords.Of(protocol).ToUpperInvariant(),
    };

    private static string Ports(Application application, PortExpression ports) => ports switch
    {
        PortExpression.Fixed({ IsAny: true }) => "any port",
        PortExpression.Fixed(var set) => Numbers(set),
        PortExpression.Ephemeral => "an ephemeral port",
        PortExpression.Variable variable => $"{Numbers(variable.Default)} ({variable.Name}, to be chosen{(variable.Allowed.IsAny ? "" : $" in {variable.Allowed}")})",
        PortExpression.SameAs same => $"the port that {same.Flow} {(same.IsSource ? "came from" : "went to")} ({Numbers(UsualPorts.Of(application, ports))})",
        _ => throw new ArgumentOutOfRangeException(nameof(ports)),
    };

    private static string Numbers(PortSet ports) => (ports.Count == 1 ? "port " : "ports ") + ports.Text("-", ", ");

    private static string Need(FlowNeed need) => need switch
    {
        FlowNeed.Required => "Required.",
        FlowNeed.Optional => "Optional.",
        FlowNeed.Legacy => "Only old versions need it.",
        FlowNeed.StatelessOnly => "Only for filters without a memory; never open it on any other.",
        FlowNeed.QuietReject => "Not needed: reject it at once, without a line in the log; silence makes the program wait.",
        _ => "Not needed: drop it without a line in the log.",
    };

    private static string Confidence(Flow flow) => flow.Confidence switch
    {
        FlowConfidence.Standard => "A standard says so.",
        FlowConfidence.Vendor => "Its maker says so.",
        FlowConfidence.Registered => "IANA's registry says so.",
        FlowConfidence.Observed => "Seen on the wire.",
        FlowConfidence.Believed => "Believed, not seen.",
        FlowConfidence.Guess => "A guess.",
        _ => "Corrected.",
    };

    private static IEnumerable<string> Warnings(Flow flow)
    {
        if (flow.Helper is { } helper)
        {
            yield return $"A firewall that tracks connections can open what follows by its helper {helper}.";
        }

        if (flow.PayloadAddress)
        {
            yield return "Addresses travel inside the data: a NAT must read them, or the program must be told its outer address.";
        }

        if (flow.Fragments)
        {
            yield return "Fragments must pass: later ones carry no ports.";
        }
    }
}
