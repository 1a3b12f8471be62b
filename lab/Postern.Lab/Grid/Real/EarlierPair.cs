namespace Postern.Lab.Grid.Real;

/// <summary>A cell of an <see cref="EarlierGrid"/>.</summary>
/// <param name="One">The caller's box.</param>
/// <param name="Other">The callee's.</param>
/// <param name="Meetings">Absent where none met.</param>
public sealed record EarlierPair(string One, string Other, IReadOnlyList<GridMeeting>? Meetings);
