using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>
/// Builds homes: a computer, and its boxes up to the internet. Outer addresses are those set apart for documentation (RFC 5737
/// §3, RFC 3849 §2), those between two NATs RFC 6598's.
/// </summary>
/// <param name="world">In which they stand.</param>
/// <param name="options">Links, addresses and guards; which boxes is said for each home.</param>
/// <param name="addressOf">The addresses of a host by the name that firewall rules use.</param>
internal sealed class HomeNetworks(World world, PairOptions options, Func<string, IReadOnlyList<IpAddress>> addressOf)
{
    private int _outer;
    private int _shared;

    /// <summary>The next home.</summary>
    /// <param name="number">1 or 2: it gives the inner addresses their numbers.</param>
    /// <param name="description">Its box or row.</param>
    /// <param name="shared">The gateway of another home that takes the place of its outermost box; null for none.</param>
    /// <returns>Its gateways from the host outwards, and its computer.</returns>
    public (IReadOnlyList<Gateway> Gateways, Computer Computer) Build(int number, BoxDescription description, Gateway? shared = null)
    {
        var boxes = BoxCatalogue.Boxes(description);
        var own = shared is null ? boxes : [.. boxes.SkipLast(1)];
        var gateways = new List<Gateway>();
        var network = shared?.Inner ?? world.Internet;
        foreach (var (depth, box) in own.Index().Reverse())
        {
            gateways.Insert(0, Add(network, $"home{number}{(depth == 0 ? "" : $".{depth}")}", box, isOutermost: depth == own.Count - 1 && shared is null));
            network = gateways[0].Inner;
        }

        if (shared is not null)
        {
            gateways.Add(shared);
        }

        return (gateways, new(network, Addresses(number, boxes)));
    }

    private Gateway Add(Network network, string name, BoxDescription description, bool isOutermost)
    {
        var outer = Enumerable.Range(0, BoxCatalogue.OuterAddresses(description))
            .Select(_ => IpAddress.Parse(isOutermost ? $"198.51.100.{++_outer}" : $"100.64.0.{++_shared + 1}")).ToArray();
        var box = BoxCatalogue.Build(Guarded(description), outer, world.Random, addressOf, Guarded(options.Watch));
        var link = isOutermost ? options.Link with { Delay = options.ToMiddle } : new LinkRules { Delay = TimeSpan.FromMilliseconds(1) };
        return network.AddNetwork(name, box, link, link);
    }

    private BoxDescription Guarded(BoxDescription box) =>
        box.Firewall is { } firewall ? box with { Firewall = firewall with { Guards = Guarded(firewall.Guards) } } : box;

    private IReadOnlyList<GuardRules> Guarded(IReadOnlyList<GuardRules> guards) => options.Guarding is { } change ? [.. guards.SelectMany(change)] : guards;

    /// <summary>Where nothing translates, the computer itself has a public address.</summary>
    private IpAddress[] Addresses(int number, IReadOnlyList<BoxDescription> boxes)
    {
        var isHidden = boxes.Any(box => BoxCatalogue.OuterAddresses(box) > 0);
        var v4 = IpAddress.Parse(isHidden ? $"192.168.{number}.10" : $"192.0.2.{number + 9}");
        return options.HasIpv6 ? [v4, IpAddress.Parse($"2001:db8:1:{number}::10")] : [v4];
    }
}
