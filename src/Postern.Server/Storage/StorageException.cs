namespace Postern.Server.Storage;

/// <summary>The data folder cannot be used; the message says why in one sentence.</summary>
public sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
