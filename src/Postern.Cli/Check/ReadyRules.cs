using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>The smallest rules for what this computer's own firewall stops, in that firewall's language.</summary>
internal static class ReadyRules
{
    private const string Application = "postern";

    /// <summary>Null where nothing is missing, or the entry has no rule for it.</summary>
    /// <param name="owners">Who keeps rules here.</param>
    /// <param name="missing">Flows of Postern's entry.</param>
    /// <param name="server">The server, where one is known.</param>
    /// <param name="chain">The chain of nftables that stops them; null for the format's usual one.</param>
    public static (string Format, string Text)? For(IReadOnlyList<string> owners, IReadOnlyCollection<string> missing, Endpoint? server, string? chain)
    {
        if (missing.Count == 0 || ApplicationCatalogue.Embedded.Find(Application) is not { } postern)
        {
            return null;
        }

        var request = new PlanRequest
        {
            Applications = [postern],
            Bindings = [Bind("client=self"), .. server is { } known ? [Bind($"server={known}")] : Array.Empty<RoleBinding>()],
            Site = Site.DefaultHost,
            Ephemeral = Surroundings.EphemeralPorts() is { } ports ? new Dictionary<string, PortSet> { ["client"] = ports } : [],
        };
        var format = owners.Select(RuleFormats.Find).OfType<IRuleFormat>().FirstOrDefault() ?? RuleFormats.Find("plain")!;
        var policy = Planner.Plan(request).Policy;
        var written = format.Write(policy with { Rules = [.. policy.Rules.Where(rule => missing.Any(flow => IsOf(rule.Id, flow)))] }, new() { Into = format.Id == "nftables" && chain?.Split(' ') is [var family, var table, var name] ? $"{family} {table} output={name}" : null });
        return written.Opened == 0 ? null : (format.Id, string.Join('\n', written.Files.Select(file => file.Text)));
    }

    /// <summary>A flow that needs several rules has numbers behind its name.</summary>
    private static bool IsOf(string rule, string flow) =>
        rule.StartsWith($"{Application}:{flow}", StringComparison.Ordinal) && (rule.Length == Application.Length + 1 + flow.Length || !char.IsLetter(rule[Application.Length + 1 + flow.Length]));

    private static RoleBinding Bind(string text) => RoleBinding.TryParse(text, out var binding) ? binding : throw new InvalidOperationException($"'{text}' binds no role.");
}
