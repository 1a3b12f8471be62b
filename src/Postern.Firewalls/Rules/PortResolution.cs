using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>Turns the ports of an entry into numbers, for one application and two parties.</summary>
public sealed class PortResolution
{
    /// <summary>What a system that nobody named may draw from (RFC 6056 §3.2); it contains every system's own range.</summary>
    public static readonly PortSet AnyEphemeral = PortSet.Of(new PortRange(1024, ushort.MaxValue));

    private readonly Application _application;
    private readonly PlanRequest _request;

    internal PortResolution(Application application, PlanRequest request) => (_application, _request) = (application, request);

    internal PortSet Source(Flow flow, Party from, Party to) => Resolve(flow.SourcePorts, from, from, to, 0);

    internal PortSet Destination(Flow flow, Party from, Party to) => Resolve(flow.DestinationPorts, to, from, to, 0);

    /// <summary>The variable that a port after a host stands for: the first that the entry names at that role's end.</summary>
    public static string? VariableOf(Application application, string role) => application.Flows
        .SelectMany(flow => Ends(flow).Where(end => end.Role == role))
        .Select(end => end.Ports).OfType<PortExpression.Variable>().FirstOrDefault()?.Name;

    /// <summary>Everything that the entry leaves to whoever runs it.</summary>
    public static IEnumerable<string> VariablesOf(Application application) => application.Flows
        .SelectMany(Ends).Select(end => end.Ports).OfType<PortExpression.Variable>().Select(variable => variable.Name).Distinct();

    private static IEnumerable<(string Role, PortExpression Ports)> Ends(Flow flow) => [(flow.To, flow.DestinationPorts), (flow.From, flow.SourcePorts)];

    private PortSet Resolve(PortExpression ports, Party owner, Party from, Party to, int depth) => ports switch
    {
        PortExpression.Fixed only => only.Ports,
        PortExpression.Ephemeral drawn => _request.Ephemeral.GetValueOrDefault(drawn.Role) ?? AnyEphemeral,
        PortExpression.Variable variable => Chosen(variable, owner),
        PortExpression.SameAs same => Follow(same, from, to, depth),
        _ => throw new InvalidOperationException($"Unknown ports {ports}."),
    };

    private PortSet Chosen(PortExpression.Variable variable, Party owner)
    {
        var own = VariableOf(_application, owner.Role) == variable.Name ? owner.Ports : null;
        var chosen = own ?? _request.Variables.GetValueOrDefault(variable.Name) ?? variable.Default;
        if (!variable.Allowed.Contains(chosen))
        {
            throw new PlanException($"{_application.Title} takes {variable.Allowed} as '{variable.Name}'; {chosen} lies outside.");
        }

        return chosen;
    }

    private PortSet Follow(PortExpression.SameAs same, Party from, Party to, int depth)
    {
        if (depth > _application.Flows.Count || _application.Flows.FirstOrDefault(flow => flow.Id == same.Flow) is not { } other)
        {
            throw new PlanException($"{_application.Id}: same-as({same.Flow}) leads nowhere.");
        }

        var (role, ports) = same.IsSource ? (other.From, other.SourcePorts) : (other.To, other.DestinationPorts);
        var owner = from.Role == role ? from : to;
        return Resolve(ports, owner, from, to, depth + 1);
    }
}
