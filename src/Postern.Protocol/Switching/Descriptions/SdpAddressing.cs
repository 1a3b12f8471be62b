using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>What an SDP does not say of itself.</summary>
public readonly record struct SdpAddressing(SignalKind Kind, string Session, string From, string To);
