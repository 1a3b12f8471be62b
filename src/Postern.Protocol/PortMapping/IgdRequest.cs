using System.Globalization;
using System.Security;
using System.Text;
using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>What is asked of a UPnP gateway: the name of the action and its SOAP text (UPnP Forum, WANIPConnection:1 §2.4).</summary>
/// <param name="Action">For the SOAPACTION header.</param>
/// <param name="Body">The envelope.</param>
public sealed record IgdRequest(string Action, string Body)
{
    public static IgdRequest ExternalAddress(string service) => Of(service, "GetExternalIPAddress");

    /// <summary>The outer UDP port to a port of ours, for so many seconds.</summary>
    public static IgdRequest AddMapping(string service, ushort external, IpAddress client, ushort port, uint lifetime) => Of(
        service,
        "AddPortMapping",
        ("NewRemoteHost", ""),
        ("NewExternalPort", Number(external)),
        ("NewProtocol", "UDP"),
        ("NewInternalPort", Number(port)),
        ("NewInternalClient", client.ToString()),
        ("NewEnabled", "1"),
        ("NewPortMappingDescription", "postern check"),
        ("NewLeaseDuration", Number(lifetime)));

    public static IgdRequest DeleteMapping(string service, ushort external) => Of(
        service, "DeletePortMapping", ("NewRemoteHost", ""), ("NewExternalPort", Number(external)), ("NewProtocol", "UDP"));

    private static IgdRequest Of(string service, string action, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        var type = SecurityElement.Escape(service);
        var text = new StringBuilder("<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>");
        text.Append(CultureInfo.InvariantCulture, $"<u:{action} xmlns:u=\"{type}\">");
        foreach (var (name, value) in arguments)
        {
            text.Append(CultureInfo.InvariantCulture, $"<{name}>{SecurityElement.Escape(value)}</{name}>");
        }

        text.Append(CultureInfo.InvariantCulture, $"</u:{action}></s:Body></s:Envelope>\r\n");
        return new(action, text.ToString());
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
