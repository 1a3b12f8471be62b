using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Tests.Nat;

/// <summary>
/// A NAT of any behaviour. Filter state belongs to the mapping. A port that the rule gives is passed over where another
/// mapping has it: for "kept" and "offset" in favour of a random one.
/// </summary>
public sealed class NatBox(NatBoxOptions options, IRandom random)
{
    private readonly Dictionary<(Endpoint Inner, IpAddress ToAddress, ushort ToPort), Binding> _byInner = [];
    private readonly Dictionary<Endpoint, Binding> _byOuter = [];
    private int _lastPort = options.BlockStart + (options.BlockSize / 2);

    public NatBoxOptions Options { get; } = options;

    public int Mappings => _byOuter.Count;

    /// <summary>A packet on its way out: its outer source; a mapping is made where there is none.</summary>
    public Endpoint Out(Endpoint inner, Endpoint destination)
    {
        var key = Options.Mapping switch
        {
            NatDependence.EndpointIndependent => (inner, default(IpAddress), default(ushort)),
            NatDependence.AddressDependent => (inner, destination.Address, default(ushort)),
            _ => (inner, destination.Address, destination.Port),
        };
        if (!_byInner.TryGetValue(key, out var binding))
        {
            binding = new(inner, Options.Translates ? new(Options.Outer, NextPort(inner.Port)) : inner, []);
            _byInner[key] = binding;
            _byOuter[binding.Outer] = binding;
        }

        binding.Contacted.Add(destination);
        return binding.Outer;
    }

    /// <summary>A packet on its way in: its inner destination, or false where it is dropped.</summary>
    public bool TryIn(Endpoint outer, Endpoint source, out Endpoint inner)
    {
        inner = default;
        if (!_byOuter.TryGetValue(outer, out var binding) || !Passes(binding, source))
        {
            return false;
        }

        inner = binding.Inner;
        return true;
    }

    private bool Passes(Binding binding, Endpoint source) => Options.Filtering switch
    {
        NatDependence.EndpointIndependent => true,
        NatDependence.AddressDependent => binding.Contacted.Any(c => c.Address == source.Address),
        _ => binding.Contacted.Contains(source),
    };

    private ushort NextPort(ushort inner)
    {
        var port = Options.Ports switch
        {
            PortRuleKind.Kept => inner,
            PortRuleKind.Offset => inner + Options.Delta,
            PortRuleKind.Step => _lastPort = Wrap(_lastPort + Options.Delta),
            _ => random.Next(Options.BlockStart, Options.BlockStart + Options.BlockSize),
        };
        while (_byOuter.ContainsKey(new(Options.Outer, (ushort)port)))
        {
            port = Options.Ports == PortRuleKind.Step
                ? _lastPort = Wrap(_lastPort + Options.Delta)
                : random.Next(Options.BlockStart, Options.BlockStart + Options.BlockSize);
        }

        return (ushort)port;
    }

    private int Wrap(int port) => Options.BlockStart + ((port - Options.BlockStart + Options.BlockSize) % Options.BlockSize);

    private sealed record Binding(Endpoint Inner, Endpoint Outer, HashSet<Endpoint> Contacted);
}
