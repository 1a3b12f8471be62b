using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

/// <summary>The rules of "Firewalling Google Chat and Skype" as an entry made by hand.</summary>
internal static class SkypeEntry
{
    public static readonly PortExpression Listen = new PortExpression.Variable("listen", PortSet.Of(14357), PortSet.Of(new PortRange(1024, 65535)));

    public static readonly PortExpression High = Ports("1024-65535");

    public static Application Application { get; } = new()
    {
        Id = "skype",
        Title = "Skype",
        Roles = new Dictionary<string, string> { ["client"] = "the computer", ["peer"] = "the other one", ["gateway"] = "the router" },
        Sources = ["source0"],
        Flows =
        [
            Flow("in-tcp", "peer", "client", IpProtocol.Tcp, PortExpression.Anything, Listen),
            Flow("in-udp", "peer", "client", IpProtocol.Udp, PortExpression.Anything, Listen),
            Flow("out-udp", "client", "peer", IpProtocol.Udp, Listen, High),
            Flow("out-tcp", "client", "peer", IpProtocol.Tcp, new PortExpression.Ephemeral("client"), High),
            Flow("web-udp", "client", "peer", IpProtocol.Udp, Listen, Ports("80,443")),
            Flow("upnp", "client", "gateway", IpProtocol.Udp, PortExpression.Anything, Ports("5351"), FlowNeed.QuietReject),
        ],
    };

    public static Flow Flow(
        string id, string from, string to, IpProtocol protocol, PortExpression source, PortExpression destination, FlowNeed need = FlowNeed.Required) => new()
        {
            Id = id,
            From = from,
            To = to,
            Protocols = [protocol],
            SourcePorts = source,
            DestinationPorts = destination,
            Need = need,
            Why = id,
        };

    public static PortExpression Ports(string text) =>
        new PortExpression.Fixed(PortSet.TryParse(text, out var ports) ? ports : throw new FormatException(text));
}
