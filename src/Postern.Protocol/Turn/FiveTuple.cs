using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Client and server endpoint; the protocol is UDP (RFC 8656 §2).</summary>
internal readonly record struct FiveTuple(Endpoint Client, Endpoint Server);
