using System.Reflection;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>The boxes that ship, and how boxes are built from descriptions.</summary>
public static class BoxCatalogue
{
    private static readonly Lazy<IReadOnlyDictionary<string, BoxDescription>> Shipped = new(ReadShipped);

    /// <summary>All of <c>catalogue/nats</c>, by id.</summary>
    public static IReadOnlyDictionary<string, BoxDescription> All => Shipped.Value;

    /// <summary>The boxes of a description from the host outwards: itself, or its row.</summary>
    public static IReadOnlyList<BoxDescription> Boxes(BoxDescription description) =>
        description.Row.Count == 0 ? [description] : [.. description.Row.SelectMany(id => Boxes(All[id]))];

    /// <summary>Builds one box.</summary>
    /// <param name="description">Not a row.</param>
    /// <param name="outer">Its outer addresses; those of IPv4 are taken as far as it needs them.</param>
    /// <param name="random">Its luck.</param>
    /// <param name="addressOf">The addresses of a host by the name that firewall rules use.</param>
    public static IBox Build(BoxDescription description, IReadOnlyList<IpAddress> outer, IRandom random, Func<string, IReadOnlyList<IpAddress>> addressOf)
    {
        if (description.Row.Count > 0)
        {
            throw new ArgumentException($"'{description.Id}' is a row of boxes: build each.", nameof(description));
        }

        if (Nat(description) is null && description.Firewall is null)
        {
            return new OpenBox();
        }

        var rules = Nat(description) ?? new NatRules { Translates = false };
        IpAddress[] own = rules.Translates ? [.. outer.Where(address => address.IsV4).Take(rules.Addresses), .. outer.Where(address => !address.IsV4)] : [];
        var nat = new NatBox(rules, own, random);
        return description.Firewall is { } firewall ? new FirewallBox(firewall, nat, addressOf) : nat;
    }

    /// <summary>How many IPv4 addresses a box needs outside.</summary>
    public static int OuterAddresses(BoxDescription description) => Nat(description) is { Translates: true } nat ? nat.Addresses : 0;

    /// <summary>The NAT of a box, its own or the one that it shares; null for a firewall or a public network.</summary>
    public static NatRules? Nat(BoxDescription description) => description.NatOf is { } other ? Nat(All[other]) : description.Nat;

    private static Dictionary<string, BoxDescription> ReadShipped()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = new Dictionary<string, BoxDescription>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("nats/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var description = BoxDescriptionJson.Read(reader.ReadToEnd(), out var error) ?? throw new InvalidDataException($"catalogue/{name}: {error}");
            all.Add(description.Id, description);
        }

        return all;
    }
}
