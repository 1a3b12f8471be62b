using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>What must hold beside the rules of a plan.</summary>
internal static class Preconditions
{
    public static IEnumerable<PlanNote> Of(PlanRequest request)
    {
        foreach (var application in request.Applications)
        {
            yield return new(PlanNoteKind.Precondition, application.Id, "answers to what these rules let pass must pass too (established and related flows)");
            if (application.Flows.Any(flow => flow.Hosts.Count > 0))
            {
                yield return new(PlanNoteKind.Precondition, application.Id, "names must be resolved: DNS is not part of these rules");
            }
        }
    }
}
