using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Client;

/// <summary>A signal that its receiver has not acknowledged yet.</summary>
internal sealed record SentSignal(long Seq, string To, string Session, SignalKind Kind, byte[] Frame);
