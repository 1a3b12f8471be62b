using System.Globalization;
using System.Xml;
using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>What a UPnP gateway answered.</summary>
/// <param name="External">NewExternalIPAddress; <see cref="IpAddress.Any"/> where there is none.</param>
/// <param name="Error">UPnP's error code, such as 718 for a conflict or 606 for "not authorized"; 0 for none.</param>
public readonly record struct IgdAnswer(IpAddress External, int Error)
{
    public const int LongestAnswer = 16 * 1024;

    /// <summary>The error where the text is no SOAP answer.</summary>
    public const int Unreadable = -1;

    public static IgdAnswer Parse(string body)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestAnswer };
        var (external, error, isEnvelope) = (IpAddress.Any, 0, false);
        try
        {
            using var reader = XmlReader.Create(new StringReader(body), settings);
            var element = "";
            while (reader.Read())
            {
                element = reader.NodeType == XmlNodeType.Element ? reader.LocalName : element;
                isEnvelope |= element == "Envelope";
                if (reader.NodeType != XmlNodeType.Text)
                {
                    continue;
                }

                _ = element == "NewExternalIPAddress" && IpAddress.TryParse(reader.Value.Trim(), out external);
                error = element == "errorCode" && int.TryParse(reader.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : error;
            }
        }
        catch (XmlException)
        {
            return new(IpAddress.Any, Unreadable);
        }

        return new(external, isEnvelope ? error : Unreadable);
    }
}
