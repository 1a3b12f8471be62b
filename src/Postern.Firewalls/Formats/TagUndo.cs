using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>A script that takes out of a file what is tagged as ours.</summary>
internal static class TagUndo
{
    /// <param name="policy">Whose applications' rules are removed.</param>
    /// <param name="path">The program's usual file.</param>
    /// <param name="delete">sed's command that deletes, given a tag without its flow: <c>postern:APP:</c>, with dots escaped.</param>
    /// <param name="after">What the user does then.</param>
    public static FormatFile Script(Policy policy, string path, Func<string, string> delete, string after)
    {
        var tags = policy.Rules.Select(rule => $"{RuleTag.Prefix}{RuleTag.Application(rule.Id)}:".Replace(".", "\\.", StringComparison.Ordinal)).Distinct();
        return new("postern-undo.sh", $$"""
            #!/bin/sh -e
            # Takes what Postern wrote for the same applications out of {{path}}, or out of the file that is named. Afterwards: {{after}}
            sed -i{{string.Concat(tags.Select(tag => $" -e '{delete(tag)}'"))}} "${1:-{{path}}}"

            """);
    }
}
