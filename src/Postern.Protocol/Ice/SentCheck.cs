using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>A Binding request that left and may yet be answered.</summary>
/// <param name="Id">Its transaction.</param>
/// <param name="At">When it first left.</param>
/// <param name="Role">What it claimed.</param>
/// <param name="UseCandidate">Whether it nominated.</param>
/// <param name="Nomination">With which value; 0 for none.</param>
/// <param name="IsRepeated">Then its round trip cannot be told.</param>
internal readonly record struct SentCheck(
    TransactionId Id, Instant At, IceRole Role, bool UseCandidate = false, uint Nomination = 0, bool IsRepeated = false);
