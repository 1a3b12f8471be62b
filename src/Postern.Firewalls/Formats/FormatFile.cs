namespace Postern.Firewalls.Formats;

/// <summary>One file of a format.</summary>
/// <param name="Name">Its usual name, such as "rules" or "postern.nft".</param>
/// <param name="Text">Ends with a line feed.</param>
public sealed record FormatFile(string Name, string Text);
