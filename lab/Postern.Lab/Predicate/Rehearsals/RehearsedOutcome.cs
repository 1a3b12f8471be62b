using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>What came of one rehearsal.</summary>
/// <param name="Connects">Whether both could talk, directly or over the relay.</param>
/// <param name="Direct">Whether checks went there and back on both sides.</param>
/// <param name="One">What the caller has measured of its NATs; null where it has nothing.</param>
/// <param name="Other">The same of the other.</param>
internal sealed record RehearsedOutcome(bool Connects, bool Direct, NatReport? One, NatReport? Other);
