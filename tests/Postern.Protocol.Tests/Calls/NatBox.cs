using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Calls;

/// <summary>A NAT in the words of RFC 4787 §4 and §5.</summary>
internal sealed class NatBox(IpAddress @public)
{
    private readonly Dictionary<(Endpoint Inside, Endpoint Remote), ushort> _mappings = [];
    private readonly Dictionary<ushort, Endpoint> _insideByPort = [];
    private readonly HashSet<(ushort Port, Endpoint Remote)> _contacts = [];
    private readonly HashSet<(Endpoint Remote, ushort Port)> _early = [];

    public enum Dependence
    {
        EndpointIndependent,
        Address,
        AddressAndPort,
    }

    public IpAddress Public => @public;

    public Dependence Mapping { get; init; } = Dependence.EndpointIndependent;

    public Dependence Filtering { get; init; } = Dependence.AddressAndPort;

    /// <summary>Whether the external port equals the internal one where it is free; random otherwise.</summary>
    public bool KeepsPort { get; init; } = true;

    public bool Hairpin { get; init; }

    /// <summary>As Linux does where its INPUT chain accepts: a datagram that comes too early takes the port for its own sender.</summary>
    public bool PoisonedByEarlyInbound { get; init; }

    public static NatBox PortRestricted(string address) => new(IpAddress.Parse(address));

    public static NatBox Symmetric(string address) => new(IpAddress.Parse(address)) { Mapping = Dependence.AddressAndPort, KeepsPort = false };

    /// <summary>As Linux masquerades: the own port towards every destination, unless somebody has it there.</summary>
    public static NatBox Linux(string address) =>
        new(IpAddress.Parse(address)) { Mapping = Dependence.AddressAndPort, PoisonedByEarlyInbound = true };

    public Packet? TranslateOut(Packet packet, SeededRandom random)
    {
        var key = (packet.Source, Reduce(packet.Destination, Mapping));
        if (!_mappings.TryGetValue(key, out var port))
        {
            _mappings[key] = port = Choose(packet, random);
            _insideByPort[port] = packet.Source;
        }

        _contacts.Add((port, Reduce(packet.Destination, Filtering)));
        return packet with { Source = new(@public, port), TimeToLive = packet.TimeToLive - 1 };
    }

    public Packet? TranslateIn(Packet packet)
    {
        var port = packet.Destination.Port;
        if (_insideByPort.TryGetValue(port, out var inside) && _contacts.Contains((port, Reduce(packet.Source, Filtering))))
        {
            return packet with { Destination = inside };
        }

        _early.Add((packet.Source, port));
        return null;
    }

    private ushort Choose(Packet packet, SeededRandom random)
    {
        var kept = packet.Source.Port;
        var poisoned = PoisonedByEarlyInbound && _early.Contains((packet.Destination, kept));
        if (KeepsPort && !poisoned && _insideByPort.GetValueOrDefault(kept, packet.Source) == packet.Source)
        {
            return kept;
        }

        while (true)
        {
            var port = (ushort)random.Next(1024, 65536);
            if (!_insideByPort.ContainsKey(port))
            {
                return port;
            }
        }
    }

    private static Endpoint Reduce(Endpoint remote, Dependence dependence) => dependence switch
    {
        Dependence.EndpointIndependent => Endpoint.None,
        Dependence.Address => remote with { Port = 0 },
        _ => remote,
    };
}
