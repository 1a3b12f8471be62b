namespace Postern.Server.Storage;

/// <summary>A name and the public key it belongs to.</summary>
public sealed record StoredName(string Name, string Key);
