using System.Globalization;
using System.Text.RegularExpressions;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>The written form of <see cref="PortExpression"/>.</summary>
internal static partial class PortExpressionText
{
    private const string Between = "><";

    public static PortExpression? Read(string text)
    {
        text = text.Trim();
        if (Ephemeral().Match(text) is { Success: true } ephemeral)
        {
            return new PortExpression.Ephemeral(ephemeral.Groups["role"].Value);
        }

        if (SameAs().Match(text) is { Success: true } same)
        {
            return new PortExpression.SameAs(same.Groups["flow"].Value, same.Groups["side"].Value == "src");
        }

        return Variable().Match(text) is { Success: true } variable
            ? ReadVariable(variable.Groups["name"].Value, variable.Groups["default"].Value, variable.Groups["allowed"])
            : ReadPorts(text) is { } ports ? new PortExpression.Fixed(ports) : null;
    }

    public static string Of(PortExpression expression) => expression switch
    {
        PortExpression.Fixed(var ports) => ports.ToString(),
        PortExpression.Ephemeral(var role) => $"ephemeral({role})",
        PortExpression.SameAs(var flow, var isSource) => $"same-as({flow}.{(isSource ? "src" : "dst")})",
        PortExpression.Variable(var name, var usual, { IsAny: true }) => $"${{{name}:{usual}}}",
        PortExpression.Variable(var name, var usual, var allowed) => $"${{{name}:{usual} in {allowed}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(expression)),
    };

    private static PortExpression.Variable? ReadVariable(string name, string usual, Group allowed)
    {
        var range = allowed.Success ? ReadPorts(allowed.Value) : PortSet.Any;
        return ReadPorts(usual) is { } ports && range is not null ? new(name, ports, range) : null;
    }

    private static PortSet? ReadPorts(string text)
    {
        if (!text.Contains(Between, StringComparison.Ordinal))
        {
            return PortSet.TryParse(text, out var plain) ? plain : null;
        }

        var ports = PortSet.None;
        foreach (var part in text.Split(','))
        {
            if (ReadExclusive(part) is not { } range)
            {
                return null;
            }

            ports = ports.Union(range);
        }

        return ports;
    }

    /// <summary>"1000&gt;&lt;1024" is 1001 to 1023; a pair with nothing between is no range.</summary>
    private static PortSet? ReadExclusive(string text)
    {
        if (text.Split(Between) is not [var low, var high])
        {
            return PortSet.TryParse(text, out var plain) && !plain.IsAny ? plain : null;
        }

        return ReadNumber(low) is { } below && ReadNumber(high) is { } above && below + 1 < above
            ? PortSet.Of(new PortRange((ushort)(below + 1), (ushort)(above - 1)))
            : null;
    }

    private static int? ReadNumber(string text) =>
        ushort.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\Aephemeral\((?<role>[a-z0-9][a-z0-9-]*)\)\z")]
    private static partial Regex Ephemeral();

    [GeneratedRegex(@"\Asame-as\((?<flow>[a-z0-9][a-z0-9-]*)\.(?<side>src|dst)\)\z")]
    private static partial Regex SameAs();

    [GeneratedRegex(@"\A\$\{(?<name>[a-z][a-z0-9-]*):(?<default>[^{} ]+)(?: in (?<allowed>[^{} ]+))?\}\z")]
    private static partial Regex Variable();
}
