namespace Postern.Protocol.Nat;

/// <summary>How a question is repeated: <paramref name="Count"/> transmissions at a constant interval, and silence counts <paramref name="Grace"/> after the last.</summary>
internal readonly record struct ProbePace(TimeSpan Interval, int Count, TimeSpan Grace);
