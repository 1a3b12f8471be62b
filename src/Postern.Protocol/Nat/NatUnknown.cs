namespace Postern.Protocol.Nat;

/// <summary>What could not be told, and why.</summary>
public sealed record NatUnknown(NatAspect Aspect, NatDoubt Doubt);
