using System.Text.Json;

namespace Postern.Firewalls.Hosts;

/// <summary>A rule of a host's nftables.</summary>
/// <param name="Table">Family and name, as "inet filter".</param>
/// <param name="Handle">The kernel's number of it, unique in its table.</param>
/// <param name="Comment">Empty where it has none.</param>
/// <param name="Expressions">Its conditions and statements, as libnftables-json(5) has them.</param>
public sealed record NftRule(string Table, string Chain, long Handle, string Comment, IReadOnlyList<JsonElement> Expressions)
{
    public bool JumpsTo(string chain) => Expressions.Any(expression => Target(expression, "jump") == chain || Target(expression, "goto") == chain);

    /// <summary>The chain that a "jump" or "goto" leads to; null where the expression is no such thing.</summary>
    internal static string? Target(JsonElement expression, string kind) =>
        expression.ValueKind == JsonValueKind.Object && expression.TryGetProperty(kind, out var jump) && jump.ValueKind == JsonValueKind.Object
        && jump.TryGetProperty("target", out var target)
            ? target.GetString()
            : null;
}
