namespace Postern.Lab.Grid.Real;

/// <summary>A program beside ours: a column of the page's comparison.</summary>
/// <param name="Name">By which meetings name it.</param>
/// <param name="Title">What a person calls it.</param>
/// <param name="Note">Which version, where, and from when on its time is measured; a sentence.</param>
public sealed record GridPeer(string Name, string Title, string Note);
