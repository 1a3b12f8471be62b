using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>A fixed port inside the range that the role's own system gives to others: it may be taken when the application starts.</summary>
internal static class EphemeralPort
{
    /// <summary>What systems of today draw from, where nobody said which system it is (the catalogue's table of ephemeral ports).</summary>
    private static readonly PortSet Usual = PortSet.Of(new PortRange(32768, ushort.MaxValue));

    public static IEnumerable<RuleWarning> Warn(Plan plan)
    {
        var request = plan.Request;
        var found = from application in request.Applications
                    let cast = new Cast(application, request)
                    let ports = new PortResolution(application, request)
                    from flow in application.Flows
                    from end in Ends(flow)
                    where end.Ports is PortExpression.Variable
                    from owner in cast.Of(end.Role).Where(party => !party.IsOutside)
                    let chosen = end.IsSource ? ports.Source(flow, owner, owner) : ports.Destination(flow, owner, owner)
                    let range = request.Ephemeral.GetValueOrDefault(end.Role)
                    where (range ?? Usual).Overlaps(chosen)
                    select (application.Id, end.Role, Ports: chosen, Range: range);
        foreach (var (id, role, ports, range) in found.Distinct())
        {
            var whose = range is null ? "the range that most systems draw from" : $"the range that the system of '{role}' draws from";
            yield return new("port-in-ephemeral", [], $"{id}: port {ports} of '{role}' lies in {range ?? Usual}, {whose}; another program may hold it, and the application then uses others.", $"Choose a port outside of it: --for {role}=ADDRESS:PORT.");
        }
    }

    private static IEnumerable<(string Role, PortExpression Ports, bool IsSource)> Ends(Flow flow) =>
        [(flow.From, flow.SourcePorts, true), (flow.To, flow.DestinationPorts, false)];
}
