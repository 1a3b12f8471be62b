using System.Diagnostics.CodeAnalysis;

namespace Postern.Firewalls.Rules;

/// <summary>Who plays a role of an application here: <c>client=192.168.1.10:14357</c>.</summary>
public sealed record RoleBinding
{
    /// <summary>The word for the firewall itself in place of an address.</summary>
    public const string Self = "self";

    /// <summary>The application that it is about; null for each that has the role.</summary>
    public string? Application { get; init; }

    public required string Role { get; init; }

    /// <summary>The host's addresses of either family; null where <see cref="Place"/> says who.</summary>
    public AddressSet? Addresses { get; init; }

    /// <summary>The name of a zone, all of whose hosts are meant, or <see cref="Self"/>; null where <see cref="Addresses"/> say who.</summary>
    public string? Place { get; init; }

    /// <summary>The port that the host chose, where the application leaves it to the host; null for the application's default.</summary>
    public PortSet? Ports { get; init; }

    /// <summary>
    /// <c>[APP:]ROLE=HOST[:PORT]</c>. HOST is one or more addresses of one host with commas between, a prefix, the name of a zone, or
    /// <c>self</c>; an IPv6 address before a port stands in brackets. PORT may be a range.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RoleBinding? binding)
    {
        binding = null;
        if (text.Split('=') is not [var left, var right] || left.Split(':') is not { Length: 1 or 2 } names || names.Any(string.IsNullOrWhiteSpace))
        {
            return false;
        }

        var (host, port) = SplitPort(right.Trim());
        PortSet? ports = null;
        if (port is not null)
        {
            if (!PortSet.TryParse(port, out var chosen) || chosen.IsAny)
            {
                return false;
            }

            ports = chosen;
        }

        var isAddress = AddressSet.TryParse(host.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), out var addresses);
        binding = new()
        {
            Application = names.Length == 2 ? names[0].Trim() : null,
            Role = names[^1].Trim(),
            Addresses = isAddress ? addresses : null,
            Place = isAddress ? null : host,
            Ports = ports,
        };
        return isAddress || IsWord(host);
    }

    /// <summary>The port stands after the last colon, unless that colon belongs to an IPv6 address without brackets.</summary>
    private static (string Host, string? Port) SplitPort(string text)
    {
        var last = text[(text.LastIndexOf(',') + 1)..];
        var colon = last.LastIndexOf(':');
        var isPort = colon >= 0 && (last.IndexOf(':') == colon || last[colon - 1] == ']');
        var at = text.LastIndexOf(':');
        return isPort ? (text[..at], text[(at + 1)..]) : (text, null);
    }

    private static bool IsWord(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
