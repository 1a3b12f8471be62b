using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Topologies;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>A laboratory in which a host stands behind each box, or row of boxes, and a server with two addresses before all of them.</summary>
internal sealed class BoxLab : IDisposable
{
    public static readonly IpAddress Server = IpAddress.Parse("203.0.113.2");
    public static readonly IpAddress OtherServer = IpAddress.Parse("203.0.113.3");

    private readonly IReadOnlyList<IReadOnlyList<BoxDescription>> _rows;
    private readonly LabState _state;

    /// <param name="rows">Each from its host outwards.</param>
    /// <param name="router">"tun", "kernel" or "auto".</param>
    public BoxLab(IReadOnlyList<IReadOnlyList<BoxDescription>> rows, string router)
    {
        _rows = rows;
        var file = Path.GetTempFileName();
        File.WriteAllText(file, JsonSerializer.Serialize(new { networks = Networks(rows, router), hosts = Hosts(rows) }));
        Run = new(file);
        File.Delete(file);
        _state = LabState.Load(Run.Name)!;
    }

    public LabRun Run { get; }

    public static string Host(int number) => $"h{number}";

    public IpAddress Inner(int number) => Addresses(Host(number))[0];

    /// <summary>A second address in the host's network.</summary>
    public IpAddress Neighbour(int number) => IpAddress.FromV4(Inner(number).V4 + 1);

    /// <summary>The addresses under which the host may be seen.</summary>
    public IReadOnlyList<IpAddress> Outer(int number) => [.. Addresses(Network(number, _rows[number].Count - 1)), Inner(number)]; // where nothing translates, its own

    /// <summary>The same boxes with the same addresses in the simulator.</summary>
    /// <param name="number">Which row.</param>
    public BoxWorld Simulated(int number) => new(
        [.. _rows[number].Select((box, depth) => (box, Addresses(Network(number, depth))))], [Inner(number), Neighbour(number)], [Server, OtherServer], number);

    public void Dispose() => Run.Dispose();

    private static Dictionary<string, object> Networks(IReadOnlyList<IReadOnlyList<BoxDescription>> rows, string router)
    {
        var networks = new Dictionary<string, object>();
        foreach (var (number, row) in rows.Index())
        {
            foreach (var (depth, box) in row.Index())
            {
                var outside = depth + 1 < row.Count ? Network(number, depth + 1) : TopologyNetwork.Internet;
                networks.Add(Network(number, depth), new { box = JsonNode.Parse(BoxDescriptionJson.Write(box)), router, @in = outside });
            }
        }

        return networks;
    }

    private static Dictionary<string, object> Hosts(IReadOnlyList<IReadOnlyList<BoxDescription>> rows) =>
        rows.Index().Select(row => (Host(row.Index), (object)new { @in = Network(row.Index, 0) })).Append(("server", new { addresses = 2 })).ToDictionary(pair => pair.Item1, pair => pair.Item2);

    private static string Network(int number, int depth) => depth == 0 ? $"n{number}" : $"n{number}-{depth + 1}";

    private IReadOnlyList<IpAddress> Addresses(string member) => [.. _state.Members.Single(known => known.Name == member).Addresses.Select(IpAddress.Parse)];
}
