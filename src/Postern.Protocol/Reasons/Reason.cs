namespace Postern.Protocol.Reasons;

/// <summary>Why something works, does not, or is not tried: a name that stays, an explanation, and what a person could do.</summary>
public sealed class Reason
{
    private readonly string _pattern;

    internal Reason(string id, string pattern, params string[] remedies)
    {
        (Id, _pattern, Remedies) = (id, pattern, remedies);
    }

    /// <summary>Stable identifier, such as <c>nat-dependent-mapping</c>.</summary>
    public string Id { get; }

    /// <summary>What it is, in plain words, of whichever side.</summary>
    public string Sentence => SentenceOf(ReasonSide.Both);

    /// <summary>What a person could do, the best first: at least one. Clauses in the imperative, without a full stop.</summary>
    public IReadOnlyList<string> Remedies { get; }

    /// <summary>The page that says more, from the root of the repository.</summary>
    public string Page => $"docs/reasons/{Id}.md";

    /// <summary>It is about one router, filter, firewall or network: each side has it for itself.</summary>
    public bool IsOfOneSide => _pattern.Contains("{whose}", StringComparison.Ordinal);

    /// <summary>The sentence as one of the two sides reads it.</summary>
    /// <param name="side">Whose router, filter, firewall or network it is.</param>
    /// <param name="ports">What that router takes for each destination, where the sentence says it.</param>
    public string SentenceOf(ReasonSide side, string ports = "a new port")
    {
        var whose = side switch { ReasonSide.You => "your", ReasonSide.Peer => "their", _ => "one" };
        var sentence = _pattern.Replace("{whose}", whose, StringComparison.Ordinal).Replace("{ports}", ports, StringComparison.Ordinal);
        return char.ToUpperInvariant(sentence[0]) + sentence[1..];
    }
}
