using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Ufw;

/// <summary>
/// An application profile: the ports at which this host serves, under the application's name, for <c>ufw allow NAME</c>. It opens
/// nothing by itself, and knows of neither source ports nor of who may come.
/// </summary>
internal static class UfwProfile
{
    private const int PortSlots = 15;

    public static IEnumerable<FormatFile> Of(IEnumerable<Rule> rules) =>
        from served in ServedPorts.Of(rules).GroupBy(served => served.Application)
        let name = $"postern-{served.Key}"
        let ports = served.SelectMany(next => PortChunks.Of(next.Ports, PortSlots, ":").Select(list => $"{list}/{next.Protocol.Word()}"))
        select new FormatFile($"applications.d/{name}", $"""
            [{name}]
            title={served.Key}
            description=Ports at which {served.Key} serves here; written by Postern
            ports={string.Join('|', ports)}

            """);
}
