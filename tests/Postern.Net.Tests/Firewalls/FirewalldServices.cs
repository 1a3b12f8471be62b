using System.Xml.Linq;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Reads firewalld's services: what the host opens that offers one.</summary>
internal static class FirewalldServices
{
    public const string Folder = "/usr/lib/firewalld/services";

    public static IEnumerable<PackagedService> ReadAll() =>
        Directory.GetFiles(Folder, "*.xml").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)
            .Select(name => new PackagedService(PackagedService.Firewalld, name, [.. Read(name)], [.. Root(name).Elements("helper").Select(Name)]));

    private static IEnumerable<Opening> Read(string name)
    {
        var root = Root(name);
        var group = Group(root.Element("destination"));
        // "-client" says that the host is the one which asks, as often as that it is the one which is served.
        var side = name.EndsWith("-client", StringComparison.Ordinal) ? OpeningSide.Either : OpeningSide.Server;
        var ports = root.Elements("port").Select(port => new Opening(ProtocolOf(port), Ports(port), PortSet.Any) { Side = side, Group = group });
        var sources = root.Elements("source-port")
            .Select(port => new Opening(ProtocolOf(port), PortSet.Any, Ports(port)) { Side = OpeningSide.Client, Group = group });
        var protocols = root.Elements("protocol")
            .Select(protocol => new Opening(ProtocolOf((string)protocol.Attribute("value")!), PortSet.Any, PortSet.Any) { Side = side, Group = group });
        var included = root.Elements("include").SelectMany(include => Read((string)include.Attribute("service")!));
        return [.. ports, .. sources, .. protocols, .. included];
    }

    /// <summary>Both families of the one destination; what is a unicast prefix of the link says nothing about the protocol.</summary>
    private static AddressSet? Group(XElement? destination) =>
        destination is not null && AddressSet.TryParse(string.Join(',', destination.Attributes().Select(address => address.Value)), out var group)
            ? group
            : null;

    private static PortSet Ports(XElement port)
    {
        var text = (string?)port.Attribute("port") ?? "";
        return text.Length == 0 ? PortSet.Any : PortSet.TryParse(text, out var ports) ? ports : throw new InvalidDataException($"No ports: {text}");
    }

    private static IpProtocol ProtocolOf(XElement port) => ProtocolOf((string)port.Attribute("protocol")!);

    private static IpProtocol ProtocolOf(string word) => Enum.Parse<IpProtocol>(word, ignoreCase: true);

    private static string Name(XElement element) => (string)element.Attribute("name")!;

    private static XElement Root(string name) => XDocument.Load(Path.Combine(Folder, $"{name}.xml")).Root!;
}
