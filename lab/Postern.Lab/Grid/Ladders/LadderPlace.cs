namespace Postern.Lab.Grid.Ladders;

/// <summary>An upright of the ladder.</summary>
/// <param name="Role">"peer", "box", "proxy" or "server".</param>
/// <param name="Title">The peer's name, or the box's title.</param>
public sealed record LadderPlace(string Role, string Title);
