using System.Reflection;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>The boxes that ship, and how boxes are built from descriptions.</summary>
public static class BoxCatalogue
{
    private static readonly Lazy<IReadOnlyDictionary<string, BoxDescription>> Shipped = new(ReadShipped);
    private static readonly Lazy<IReadOnlyList<GuardRules>> AllGuards = new(() =>
        [.. All.Values.SelectMany(box => box.Firewall?.Guards ?? []).OrderBy(guard => guard.Name, StringComparer.Ordinal).Select(guard => guard with { Action = GuardAction.Nothing })]);

    /// <summary>All of <c>catalogue/nats</c>, by id.</summary>
    public static IReadOnlyDictionary<string, BoxDescription> All => Shipped.Value;

    /// <summary>The guards of all boxes by name, as ones that watch: they raise the alarm and drop nothing.</summary>
    public static IReadOnlyList<GuardRules> Guards => AllGuards.Value;

    /// <summary>The boxes of a description from the host outwards: itself, or its row.</summary>
    public static IReadOnlyList<BoxDescription> Boxes(BoxDescription description) =>
        description.Row.Count == 0 ? [description] : [.. description.Row.SelectMany(id => Boxes(All[id]))];

    /// <summary>Builds one box.</summary>
    /// <param name="description">Not a row.</param>
    /// <param name="outer">Its outer addresses; those of IPv4 are taken as far as it needs them.</param>
    /// <param name="random">Its luck.</param>
    /// <param name="addressOf">The addresses of a host by the name that firewall rules use.</param>
    /// <param name="watch">Guards posted there besides its own, which are not posted twice; null for none.</param>
    public static IBox Build(
        BoxDescription description,
        IReadOnlyList<IpAddress> outer,
        IRandom random,
        Func<string, IReadOnlyList<IpAddress>> addressOf,
        IReadOnlyList<GuardRules>? watch = null)
    {
        if (description.Row.Count > 0)
        {
            throw new ArgumentException($"'{description.Id}' is a row of boxes: build each.", nameof(description));
        }

        var state = State(description, outer, random);
        return Watched(description.Firewall, watch ?? []) is { } firewall ? new FirewallBox(firewall, state, addressOf) : state;
    }

    /// <summary>How many IPv4 addresses a box needs outside.</summary>
    public static int OuterAddresses(BoxDescription description) => Nat(description) is { Translates: true } nat ? nat.Addresses : 0;

    /// <summary>The NAT of a box, its own or the one that it shares; null for a firewall or a public network.</summary>
    public static NatRules? Nat(BoxDescription description) => description.NatOf is { } other ? Nat(All[other]) : description.Nat;

    private static IBox State(BoxDescription description, IReadOnlyList<IpAddress> outer, IRandom random)
    {
        if (Nat(description) is null && description.Firewall is null)
        {
            return new OpenBox();
        }

        var rules = Nat(description) ?? new NatRules { Translates = false };
        IpAddress[] own = rules.Translates ? [.. outer.Where(address => address.IsV4).Take(rules.Addresses), .. outer.Where(address => !address.IsV4)] : [];
        return new NatBox(rules, own, random);
    }

    private static FirewallRules? Watched(FirewallRules? own, IReadOnlyList<GuardRules> watch)
    {
        var guards = own?.Guards ?? [];
        return watch.Count == 0 ? own : (own ?? new()) with { Guards = [.. guards, .. watch.Where(guard => guards.All(posted => posted.Name != guard.Name))] };
    }

    private static Dictionary<string, BoxDescription> ReadShipped()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = new Dictionary<string, BoxDescription>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("nats/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var description = BoxDescriptionJson.Read(reader.ReadToEnd(), null, out var error) ?? throw new InvalidDataException($"catalogue/{name}: {error}");
            all.Add(description.Id, description);
        }

        var (lost, fault) = all.Values.Select(box => (box.Id, Fault: BoxReferences.Fault(box, all))).FirstOrDefault(pair => pair.Fault is not null);
        return lost is null ? all : throw new InvalidDataException($"catalogue/nats/{lost}.json: {fault}");
    }
}
