namespace Postern.Protocol.Nat;

/// <summary>One path that may come to be.</summary>
/// <param name="Kind">What it would be.</param>
/// <param name="Odds">0: cannot be; 1: certain. Between, what is not known is weighed by how common it is.</param>
/// <param name="Method">How it would come to be.</param>
/// <param name="Reason">Why it can be, or why not.</param>
public sealed record ForecastPath(ForecastKind Kind, double Odds, ForecastMethod Method, ForecastReason Reason);
