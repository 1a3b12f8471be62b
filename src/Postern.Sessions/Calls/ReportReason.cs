namespace Postern.Sessions.Calls;

/// <summary>A reason with a name that does not change between versions.</summary>
/// <param name="Id">Stable identifier, such as <c>nat-dependent-mapping</c>.</param>
/// <param name="Side"><c>you</c>, <c>peer</c> or <c>both</c>.</param>
/// <param name="Sentence">What it is, in plain words.</param>
/// <param name="Remedy">What a person could do about it; null where nothing can be done.</param>
public sealed record ReportReason(string Id, string Side, string Sentence, string? Remedy);
