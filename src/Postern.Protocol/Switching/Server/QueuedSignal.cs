namespace Postern.Protocol.Switching.Server;

/// <summary>A signal that its receiver has not acknowledged yet, as it goes out.</summary>
internal sealed record QueuedSignal(string From, string Run, long Seq, byte[] Frame);
