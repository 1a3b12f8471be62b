namespace Postern.Lab.Predicate;

/// <summary>Boxes that a report may be of, and that no report tells apart.</summary>
/// <param name="Ids">Their ids in the catalogue, in alphabetical order.</param>
/// <param name="Odds">How likely it is one of them, where all kinds of boxes are as frequent; 0 to 1.</param>
public sealed record BoxName(IReadOnlyList<string> Ids, double Odds);
