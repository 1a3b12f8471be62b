namespace Postern.Lab.Grid.Real;

/// <summary>As much of a <c>grid.json</c> as says what programs met in it.</summary>
/// <param name="Format">Of the file.</param>
/// <param name="Peers">Absent where none met.</param>
/// <param name="Pairs">All of the grid.</param>
public sealed record EarlierGrid(int Format, IReadOnlyList<GridPeer>? Peers, IReadOnlyList<EarlierPair> Pairs);
