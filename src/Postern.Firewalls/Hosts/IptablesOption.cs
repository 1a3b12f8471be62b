namespace Postern.Firewalls.Hosts;

/// <summary>One option of a rule as iptables-save writes it: <c>! --dport 80</c>.</summary>
/// <param name="IsNegated">A "!" stands before it.</param>
/// <param name="Name">With its dashes.</param>
/// <param name="Values">What follows it.</param>
internal sealed record IptablesOption(bool IsNegated, string Name, IReadOnlyList<string> Values)
{
    public string Value => Values.Count > 0 ? Values[0] : "";

    /// <summary>The options of a rule, the chain's name left out. What stands in quotes is one value.</summary>
    public static IReadOnlyList<IptablesOption> Parse(string text)
    {
        var options = new List<IptablesOption>();
        var (negated, name, values) = (false, "", new List<string>());
        foreach (var (word, isQuoted) in Words(text).Append(("--end", false)))
        {
            if (!isQuoted && word == "!")
            {
                (options, values, name) = (Add(options, negated, name, values), [], "");
                negated = true;
            }
            else if (!isQuoted && word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]))
            {
                var isBegun = name.Length > 0;
                options = isBegun ? Add(options, negated, name, values) : options;
                (negated, name, values) = (!isBegun && negated, word, []);
            }
            else
            {
                values.Add(word);
            }
        }

        return options;
    }

    private static List<IptablesOption> Add(List<IptablesOption> options, bool negated, string name, List<string> values)
    {
        if (name.Length > 0)
        {
            options.Add(new(negated, name, values));
        }

        return options;
    }

    private static IEnumerable<(string Word, bool IsQuoted)> Words(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == ' ')
            {
                at++;
            }
            else if (text[at] == '"')
            {
                var end = at + 1;
                while (end < text.Length && text[end] != '"')
                {
                    end += text[end] == '\\' ? 2 : 1;
                }

                end = Math.Min(end, text.Length);
                yield return (text[(at + 1)..end], true);
                at = end + 1;
            }
            else
            {
                var end = text.IndexOf(' ', at);
                end = end < 0 ? text.Length : end;
                yield return (text[at..end], false);
                at = end;
            }
        }
    }
}
