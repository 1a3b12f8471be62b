namespace Postern.Protocol.Nat;

/// <summary>Why: an identifier that stays, for programs, and a sentence for people.</summary>
public sealed record ForecastReason(string Id, string Sentence);
