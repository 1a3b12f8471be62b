using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>A message that waits for the caller's buffer.</summary>
internal readonly record struct Outgoing
{
    public required OutgoingKind Kind { get; init; }

    public required Endpoint Source { get; init; }

    public required Endpoint Destination { get; init; }

    public required IceGeneration Generation { get; init; }

    /// <summary>A request's claims, and the transaction of every message.</summary>
    public required SentCheck Check { get; init; }

    public uint Priority { get; init; }

    public byte TimeToLive { get; init; }

    public int ErrorCode { get; init; }

    /// <summary>RFC 8489 §9.1.3: 400 and 401 carry no integrity.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>For a 420, the first attribute that was not understood.</summary>
    public StunAttributeType Unknown { get; init; }
}
