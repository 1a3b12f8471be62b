using System.Buffers.Binary;
using System.Globalization;
using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>The way to everything that no other route leads to.</summary>
/// <param name="Interface">The interface's name.</param>
/// <param name="Gateway">The next hop; <see cref="IpAddress.Any"/> where the link itself is the way.</param>
internal sealed record DefaultRoute(string Interface, IpAddress Gateway)
{
    private const int V6NextHop = 4;
    private const int V6Interface = 9;
    private const string V6Zero = "00000000000000000000000000000000";

    /// <summary>Null where there is none in that family.</summary>
    public static DefaultRoute? Find(bool isV4) => isV4 ? OfV4(Read("/proc/net/route")) : OfV6(Read("/proc/net/ipv6_route"));

    /// <summary>The kernel's table: interface, destination, gateway (both hexadecimal in the machine's byte order), flags, …, metric, mask.</summary>
    public static DefaultRoute? OfV4(string table) => Rows(table)
        .Where(row => row.Length >= 8 && row[1] == "00000000" && row[7] == "00000000")
        .OrderBy(row => int.TryParse(row[6], NumberStyles.None, CultureInfo.InvariantCulture, out var metric) ? metric : int.MaxValue)
        .Select(row => uint.TryParse(row[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var gateway)
            ? new DefaultRoute(row[0], gateway == 0 ? IpAddress.Any : IpAddress.FromV4(BinaryPrimitives.ReverseEndianness(gateway)))
            : null)
        .FirstOrDefault(route => route is not null);

    /// <summary>The kernel's table: destination, its length, source, its length, next hop, metric, …, interface.</summary>
    public static DefaultRoute? OfV6(string table) => Rows(table)
        .Where(row => row.Length > V6Interface && row[0] == V6Zero && row[1] == "00" && row[V6Interface] != "lo")
        .Select(row => UInt128.TryParse(row[V6NextHop], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hop) ? new DefaultRoute(row[V6Interface], new(hop)) : null)
        .FirstOrDefault(route => route is not null);

    private static IEnumerable<string[]> Rows(string table) => table.Split('\n').Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
