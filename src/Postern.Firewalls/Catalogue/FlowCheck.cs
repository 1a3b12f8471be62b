using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>What one flow of an entry must hold, and what its writer is warned of.</summary>
internal static class FlowCheck
{
    /// <summary>Words for whom a flow is started towards that need no role.</summary>
    public static readonly string[] Groups = ["broadcast", "multicast", "anywhere"];

    public static IEnumerable<EntryIssue> Of(Application application, Flow flow, string path) =>
        Parties(application, flow, path).Concat(Protocols(flow, path)).Concat(Sense(flow, path))
            .Concat(Ports(application, flow, flow.SourcePorts, $"{path}.src"))
            .Concat(Ports(application, flow, flow.DestinationPorts, $"{path}.dst"));

    private static IEnumerable<EntryIssue> Parties(Application application, Flow flow, string path)
    {
        if (!EntryCheck.IsName(flow.Id))
        {
            yield return new($"{path}.id", "must be lower-case letters, digits and hyphens.");
        }

        if (!application.Roles.ContainsKey(flow.From) && flow.From != "anywhere")
        {
            yield return new($"{path}.from", "is none of the entry's roles.");
        }

        if (!application.Roles.ContainsKey(flow.To) && !Groups.Contains(flow.To))
        {
            yield return new($"{path}.to", $"is none of the entry's roles, nor one of {string.Join(", ", Groups)}.");
        }
    }

    private static IEnumerable<EntryIssue> Protocols(Flow flow, string path)
    {
        if (flow.Protocols.Count == 0)
        {
            yield return new($"{path}.proto", "is missing or empty.");
        }

        if (flow.Protocols.Distinct().Count() != flow.Protocols.Count)
        {
            yield return new($"{path}.proto", "names a protocol twice.");
        }

        var isWithPorts = flow.SourcePorts != PortExpression.Anything || flow.DestinationPorts != PortExpression.Anything || flow.SamePort;
        if (isWithPorts && !flow.Protocols.All(EntryWords.HasPorts))
        {
            yield return new($"{path}.proto", "names a protocol that has no ports, beside ports.");
        }

        if (flow.IcmpType is not null && !flow.Protocols.All(protocol => protocol is IpProtocol.Icmp or IpProtocol.Icmp6))
        {
            yield return new($"{path}.icmpType", "is for icmp and icmp6 alone.");
        }

        if (flow.IcmpType is not null && flow.Protocols.Count > 1)
        {
            yield return new($"{path}.icmpType", "means something else in icmp and in icmp6; write two flows.");
        }
    }

    private static IEnumerable<EntryIssue> Sense(Flow flow, string path)
    {
        if (flow.Confidence == FlowConfidence.Corrected && flow.Stated is null)
        {
            yield return new($"{path}.stated", "is missing: what was corrected is kept beside what is right.");
        }

        if (flow.Addresses is { IsEmpty: true } or { IsAny: true })
        {
            yield return new($"{path}.addresses", "is for addresses that are part of the protocol; leave it out for any.");
        }

        var isOpen = flow.Protocols.Any(EntryWords.HasPorts) && flow.SourcePorts == PortExpression.Anything
            && flow.DestinationPorts == PortExpression.Anything && flow.Addresses is null && !flow.SamePort;
        if (isOpen)
        {
            yield return new($"{path}.dst", "names no port on either side: the flow opens everything.", IsWarning: true);
        }
    }

    private static IEnumerable<EntryIssue> Ports(Application application, Flow flow, PortExpression ports, string path) => ports switch
    {
        PortExpression.Ephemeral(var role) when !application.Roles.ContainsKey(role) =>
            [new(path, $"names the role \"{role}\", which the entry does not have.")],
        PortExpression.SameAs same => SameAs(application, flow, same, path),
        PortExpression.Variable variable => Variable(application, variable, path),
        _ => [],
    };

    private static IEnumerable<EntryIssue> SameAs(Application application, Flow flow, PortExpression.SameAs same, string path)
    {
        var target = application.Flows.FirstOrDefault(other => other.Id == same.Flow);
        if (target is null || target == flow)
        {
            yield return new(path, $"points at \"{same.Flow}\", which is no other flow of the entry.");
        }
        else if ((same.IsSource ? target.SourcePorts : target.DestinationPorts) is PortExpression.SameAs)
        {
            yield return new(path, $"points at \"{same.Flow}\", which itself points on.");
        }
    }

    private static IEnumerable<EntryIssue> Variable(Application application, PortExpression.Variable variable, string path)
    {
        if (!variable.Allowed.Contains(variable.Default))
        {
            yield return new(path, $"has the default {variable.Default}, which is not in {variable.Allowed}.");
        }

        var isTwofold = application.Flows.SelectMany(flow => new[] { flow.SourcePorts, flow.DestinationPorts })
            .OfType<PortExpression.Variable>().Any(other => other.Name == variable.Name && other != variable);
        if (isTwofold)
        {
            yield return new(path, $"gives \"{variable.Name}\" another default or range than a further flow does.");
        }

        if (variable.Default.Overlaps(EphemeralPorts.Iana.Ports))
        {
            yield return new(
                path,
                $"has a default inside {EphemeralPorts.Iana.Ports}, which systems hand out to any socket: the port may be taken when the application starts.",
                IsWarning: true);
        }
    }
}
