using System.Globalization;
using System.Text.RegularExpressions;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Reads Shorewall's macros: ACTION SOURCE DEST PROTO DPORT SPORT, a macro's name in place of the action, DEST SOURCE for the way back.</summary>
internal static partial class ShorewallMacros
{
    public const string Folder = "/usr/share/shorewall";
    public const string FolderV6 = "/usr/share/shorewall6";

    private const string Prefix = "macro.";

    private static readonly Dictionary<string, byte> IcmpTypes = new() { ["fragmentation-needed"] = 3, ["time-exceeded"] = 11 };

    /// <summary>Of a macro that both families have, the lines of both.</summary>
    public static IEnumerable<PackagedService> ReadAll() =>
        Directory.GetFiles(Folder, $"{Prefix}*").Select(path => Path.GetFileName(path)[Prefix.Length..]).Order(StringComparer.Ordinal)
            .Select(name => new PackagedService(PackagedService.Shorewall, name, [.. Read(name, isBackwards: false)], [.. Helpers(name)]));

    private static IEnumerable<Opening> Read(string name, bool isBackwards) =>
        new[] { Folder, FolderV6 }.Select(folder => FileOf(folder, name)).Where(File.Exists)
            .SelectMany(Lines).SelectMany(line => Openings(line, isBackwards));

    private static IEnumerable<Opening> Openings(string line, bool isBackwards)
    {
        var columns = Braces().Replace(line, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var isSwapped = Column(columns, 1).StartsWith("DEST", StringComparison.Ordinal);
        if (File.Exists(FileOf(Folder, columns[0])))
        {
            return Read(columns[0], isBackwards ^ isSwapped);
        }

        return columns[0].Contains("DROP", StringComparison.Ordinal) || columns.Length < 4
            ? []
            : Column(columns, 3).Split(',').Select(protocol => Opening(ProtocolOf(protocol), columns, isBackwards ^ isSwapped));
    }

    private static Opening Opening(IpProtocol protocol, string[] columns, bool isBackwards)
    {
        var isIcmp = protocol is IpProtocol.Icmp or IpProtocol.Icmp6;
        return new(protocol, isIcmp ? PortSet.Any : Ports(Column(columns, 4)), Ports(Column(columns, 5)))
        {
            Side = isBackwards ? OpeningSide.Client : OpeningSide.Server,
            IcmpType = isIcmp ? IcmpType(Column(columns, 4)) : null,
            Group = Group(Column(columns, 2)),
        };
    }

    private static IpProtocol ProtocolOf(string word) => word switch
    {
        "tcp" => IpProtocol.Tcp,
        "udp" => IpProtocol.Udp,
        "icmp" => IpProtocol.Icmp,
        "ipv6-icmp" => IpProtocol.Icmp6,
        "vrrp" => IpProtocol.Vrrp,
        _ => (IpProtocol)byte.Parse(word, CultureInfo.InvariantCulture),
    };

    private static byte IcmpType(string word) =>
        IcmpTypes.TryGetValue(word, out var type) ? type : byte.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>"1024:" reaches to the last port.</summary>
    private static PortSet Ports(string text)
    {
        var whole = OpenRange().Replace(text, ":65535");
        return text == "-" ? PortSet.Any : PortSet.TryParse(whole, out var ports) ? ports : throw new InvalidDataException($"No ports: {text}");
    }

    /// <summary>"224.0.0.251", "DEST:224.0.0.18" or "[ff02::fb]".</summary>
    private static AddressSet? Group(string text) =>
        AddressSet.TryParse(Zone().Replace(text, "").Trim('[', ']'), out var group) && !group.IsEmpty ? group : null;

    private static IEnumerable<string> Helpers(string name) =>
        Lines(FileOf(Folder, name)).SelectMany(line => Helper().Matches(line)).Select(match => match.Groups["name"].Value).Distinct();

    private static IEnumerable<string> Lines(string path) =>
        File.ReadLines(path).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0 && line[0] != '?');

    private static string Column(string[] columns, int i) => i < columns.Length ? columns[i] : "-";

    private static string FileOf(string folder, string name) => Path.Combine(folder, Prefix + name);

    [GeneratedRegex(@"\{.*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@":(?=,|$)")]
    private static partial Regex OpenRange();

    [GeneratedRegex("^(SOURCE|DEST):")]
    private static partial Regex Zone();

    [GeneratedRegex("helper=(?<name>[a-z0-9-]+)")]
    private static partial Regex Helper();
}
