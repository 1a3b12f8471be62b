using System.Text;

namespace Postern.Protocol.PortMapping;

/// <summary>The search for a UPnP gateway (UPnP Device Architecture 1.0 §1.2): HTTP headers in a datagram to 239.255.255.250 port 1900.</summary>
public static class SsdpMessage
{
    public const string Group = "239.255.255.250";

    public const ushort Port = 1900;

    /// <summary>UPnP Forum, InternetGatewayDevice:1.</summary>
    public const string Gateway = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";

    /// <summary>Longer than any answer of a device that means well.</summary>
    private const int LongestAnswer = 2048;

    /// <summary>The question for a kind of device; answers come within <paramref name="seconds"/>.</summary>
    public static byte[] Search(string target, int seconds) => Encoding.ASCII.GetBytes(
        $"M-SEARCH * HTTP/1.1\r\nHOST: {Group}:{Port}\r\nMAN: \"ssdp:discover\"\r\nMX: {seconds}\r\nST: {target}\r\n\r\n");

    /// <summary>Where the description of the device that answered lies; null where it is no answer to a search for a gateway.</summary>
    public static Uri? Location(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > LongestAnswer || !Ascii.IsValid(datagram))
        {
            return null;
        }

        var lines = Encoding.ASCII.GetString(datagram).Split("\r\n");
        var isAnswer = lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) && lines[0].Contains(" 200 ", StringComparison.Ordinal);
        var isGateway = Header(lines, "ST") is { } target && target.Contains(":InternetGatewayDevice:", StringComparison.Ordinal);
        return isAnswer && isGateway && Uri.TryCreate(Header(lines, "LOCATION"), UriKind.Absolute, out var location) && location.Scheme == Uri.UriSchemeHttp
            ? location
            : null;
    }

    private static string? Header(string[] lines, string name) => lines.Skip(1)
        .Where(line => line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
