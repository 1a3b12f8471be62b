namespace Postern.Protocol.Switching.Server;

/// <summary>What a switchboard wants sent.</summary>
/// <param name="Connection">To whom.</param>
/// <param name="Utf8">The text of one frame; empty where only the closing is wanted.</param>
/// <param name="ThenClose">Whether the connection is to be closed once the frame is out.</param>
public readonly record struct OutgoingFrame(ConnectionId Connection, ReadOnlyMemory<byte> Utf8, bool ThenClose);
