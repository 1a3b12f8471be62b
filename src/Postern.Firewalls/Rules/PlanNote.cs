namespace Postern.Firewalls.Rules;

/// <summary>Something that the planner did not turn into a rule, or took for granted.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Flow">APP:FLOW, or the application's id.</param>
/// <param name="Sentence">For a person.</param>
public sealed record PlanNote(PlanNoteKind Kind, string Flow, string Sentence);
