namespace Postern.Firewalls.Hosts;

/// <summary>A rule as iptables-save writes it.</summary>
/// <param name="Table">"filter", "mangle", …</param>
/// <param name="Chain">Where it stands.</param>
/// <param name="Text">The line.</param>
public sealed record IptablesRule(string Table, string Chain, string Text)
{
    private IReadOnlyList<IptablesOption>? _options;

    /// <summary>Of the kind that only iptables-legacy sees.</summary>
    public bool IsOld { get; init; }

    internal IReadOnlyList<IptablesOption> Options => _options ??= IptablesOption.Parse(Text);

    /// <summary>What it comes to, whichever way it was written: without "-m" and defaults, with lengths behind single addresses.</summary>
    internal string Meaning => string.Join(' ', Options
        .Where(option => option.Name is not ("-A" or "-m" or "--comment") && !(option.Name == "--reject-with" && option.Value is "icmp-port-unreachable" or "icmp6-port-unreachable"))
        .Select(option => $"{(option.IsNegated ? "!" : "")}{option.Name} {string.Join(',', option.Values.Select(value => Plain(option.Name, value)))}")
        .Order(StringComparer.Ordinal));

    private static string Plain(string option, string value) =>
        option is "-s" or "-d" && !value.Contains('/') ? $"{value}/{(value.Contains(':') ? 128 : 32)}" : value;
}
