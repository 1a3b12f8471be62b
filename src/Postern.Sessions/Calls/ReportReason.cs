using Postern.Protocol.Reasons;

namespace Postern.Sessions.Calls;

/// <summary>A reason with a name that does not change between versions.</summary>
/// <param name="Id">Stable identifier, such as <c>nat-dependent-mapping</c>.</param>
/// <param name="Side"><c>you</c>, <c>peer</c> or <c>both</c>.</param>
/// <param name="Sentence">What it is, in plain words.</param>
/// <param name="Remedy">What a person could do about it; null where nothing can be done.</param>
public sealed record ReportReason(string Id, string Side, string Sentence, string? Remedy)
{
    /// <summary>All that a person could do, <see cref="Remedy"/> first.</summary>
    public IReadOnlyList<string> Remedies { get; init; } = [];

    /// <summary>The page that says more, from the root of the repository; null in reports of earlier versions.</summary>
    public string? Page { get; init; }

    /// <summary>One of the catalogue's.</summary>
    /// <param name="id">Which.</param>
    /// <param name="side">Whose it is.</param>
    /// <param name="ports">What that side's router takes for each destination, where the sentence says it.</param>
    /// <param name="detail">A sentence more, with the figures of this call.</param>
    internal static ReportReason Of(string id, ReasonSide side, string ports = "a new port", string? detail = null)
    {
        var reason = ReasonCatalogue.Of(id);
        var sentence = reason.SentenceOf(side, ports);
        return new(id, side.ToString().ToLowerInvariant(), detail is null ? sentence : $"{sentence} {detail}", reason.Remedies[0])
        {
            Remedies = reason.Remedies,
            Page = reason.Page,
        };
    }
}
