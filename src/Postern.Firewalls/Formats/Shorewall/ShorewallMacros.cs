using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Shorewall;

/// <summary>Ranges of ports that an application's rules repeat, each written once, in a macro.</summary>
internal sealed class ShorewallMacros
{
    /// <summary>Two lines are as quick to read without.</summary>
    private const int Repeats = 3;

    private readonly Dictionary<(string Application, ShorewallTransport Transport), string> _names = [];

    public ShorewallMacros(IEnumerable<(Rule Rule, IReadOnlyList<ShorewallLine> Parts)> rules)
    {
        var uses = rules.SelectMany(next => next.Parts.Where(IsPlain), (next, line) => (Application: RuleTag.Application(next.Rule.Id), line.Transport));
        foreach (var use in uses.GroupBy(use => use).Where(group => group.Key.Transport.IsLong && group.Count() >= Repeats).Select(group => group.Key))
        {
            var number = _names.Keys.Count(key => key.Application == use.Application) + 1;
            _names[use] = $"Postern_{string.Concat(use.Application.Select(sign => char.IsAsciiLetterOrDigit(sign) ? sign : '_'))}_{number}";
        }
    }

    public IEnumerable<FormatFile> Files => _names.Select(macro => new FormatFile(
        $"macro.{macro.Value}",
        $"# Ports that several rules of {macro.Key.Application} share; written by Postern.\nPARAM - - {macro.Key.Transport.Protocol} {macro.Key.Transport.DestinationPorts} {macro.Key.Transport.SourcePorts}\n"));

    public string Text(Rule rule, ShorewallLine line) =>
        line.Text(IsPlain(line) ? _names.GetValueOrDefault((RuleTag.Application(rule.Id), line.Transport)) : null);

    private static bool IsPlain(ShorewallLine line) => line is { Helper: null, OriginalDestination: "-" } && line.Action != "DNAT";
}
