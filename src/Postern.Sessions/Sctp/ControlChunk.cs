namespace Postern.Sessions.Sctp;

/// <summary>A chunk that waits to be sent.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="LoneTag">The verification tag of a packet of its own; null where it shares the next packet.</param>
/// <param name="Value">What follows the chunk header.</param>
internal readonly record struct ControlChunk(SctpChunkType Type, byte Flags, uint? LoneTag, byte[] Value);
