using System.Xml;

namespace Postern.Protocol.PortMapping;

/// <summary>The service of a UPnP gateway that keeps the mappings, as its description names it.</summary>
/// <param name="Type">Such as urn:schemas-upnp-org:service:WANIPConnection:1.</param>
/// <param name="Control">Where requests go.</param>
public sealed record IgdService(string Type, Uri Control)
{
    /// <summary>A description has some 5 KiB; more is not read.</summary>
    public const int LongestDescription = 128 * 1024;

    private static readonly string[] Types = [":service:WANIPConnection:", ":service:WANPPPConnection:"];

    /// <summary>Null where the text describes no such service. A control URL that leads to another host is not followed.</summary>
    public static IgdService? Parse(string description, Uri location)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestDescription };
        try
        {
            using var reader = XmlReader.Create(new StringReader(description), settings);
            return Read(reader, location);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static IgdService? Read(XmlReader reader, Uri location)
    {
        var (root, type) = (location, "");
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                case "URLBase" when Uri.TryCreate(Text(reader), UriKind.Absolute, out var stated) && stated.Host == location.Host:
                    root = stated;
                    break;
                case "serviceType":
                    type = Text(reader);
                    break;
                case "controlURL" when Array.Exists(Types, kind => type.Contains(kind, StringComparison.Ordinal)):
                    return Uri.TryCreate(root, Text(reader), out var control) && control.Host == location.Host && control.Scheme == Uri.UriSchemeHttp
                        ? new(type, control)
                        : null;
            }
        }

        return null;
    }

    /// <summary>The text right after the element's beginning, without moving over what follows it.</summary>
    private static string Text(XmlReader reader) => !reader.IsEmptyElement && reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value.Trim() : "";
}
