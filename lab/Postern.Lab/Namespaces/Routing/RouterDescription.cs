using System.Text.Json;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Topologies;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>What a router process is told.</summary>
public sealed record RouterDescription
{
    public required string Name { get; init; }

    /// <summary>As under <c>catalogue/nats</c>; no row.</summary>
    public required JsonElement Box { get; init; }

    /// <summary>Its addresses outside, IPv4 and IPv6.</summary>
    public required IReadOnlyList<string> OuterAddresses { get; init; }

    public TopologyLink Up { get; init; } = new();

    public TopologyLink Down { get; init; } = new();

    /// <summary>Of its luck.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where watchers find its sockets; null for none.</summary>
    public string? TapFolder { get; init; }

    /// <summary>Addresses by the names that firewall rules use.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Hosts { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Throws <see cref="LabException"/> where it makes no sense.</summary>
    public static RouterDescription Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<RouterDescription>(json, TopologyJson.Options) ?? throw new LabException("The router's description is empty.");
        }
        catch (JsonException e)
        {
            throw new LabException($"The router's description cannot be read: {e.Message}", e);
        }
    }

    public string Write() => JsonSerializer.Serialize(this, TopologyJson.Options);

    /// <summary>Makes the devices in the network of this process.</summary>
    public TunRouter Open()
    {
        var random = new LabRandom(Seed);
        return new(Build(random), Up.Rules, Down.Rules, random, TapFolder, Name);
    }

    private IBox Build(IRandom random)
    {
        var hosts = Hosts.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<IpAddress>)[.. pair.Value.Select(IpAddress.Parse)]);
        try
        {
            return BoxCatalogue.Build(TopologyJson.Box(Name, Box), [.. OuterAddresses.Select(IpAddress.Parse)], random, name => hosts.GetValueOrDefault(name, []));
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new LabException($"The router '{Name}' cannot be built: {e.Message}", e);
        }
    }
}
