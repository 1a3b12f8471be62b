using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>
/// Whether a second NAT stands behind the router's own: by the outer address that the router tells, or, where it tells none, by the
/// address of the router behind it.
/// </summary>
internal static class NatLayers
{
    private const string Id = "nat.layers";

    private const string AskProvider = "Ask the provider for a public IPv4 address of your own, or use IPv6; to forward a port in your own router does not help. Calls go on without: through punched holes, or over the relay.";

    private const string AskOuter = "Let the router before this one forward to it, or set one of the two to bridge.";

    /// <summary>RFC 6598: set apart for what stands between a carrier's NAT and its customers.</summary>
    private static readonly IpPrefix Carrier = IpPrefix.Parse("100.64.0.0/10");

    /// <summary>RFC 1918.</summary>
    private static readonly IpPrefix[] Private = [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("172.16.0.0/12"), IpPrefix.Parse("192.168.0.0/16")];

    /// <summary>Null where nothing is known of it.</summary>
    /// <param name="told">The router's outer address, and the protocol by which it said so.</param>
    /// <param name="seen">As what the world sees this computer.</param>
    /// <param name="next">The router behind the own one.</param>
    public static Finding? Of((string Name, IpAddress External)? told, IpAddress? seen, IpAddress? next) =>
        told is { } known ? OfTold(known.Name, known.External, seen) : next is { } router ? OfNext(router) : null;

    public static bool IsCarrier(IpAddress address) => Carrier.Contains(address);

    public static bool IsPrivate(IpAddress address) => Array.Exists(Private, prefix => prefix.Contains(address));

    private static Finding OfTold(string name, IpAddress external, IpAddress? seen)
    {
        var evidence = $"{name} says {external}";
        return external switch
        {
            _ when IsCarrier(external) =>
                Warning($"Two NATs follow each other: the router's own outer address {external} is a carrier's, whose NAT (CGNAT) many customers share.", evidence, AskProvider),
            _ when seen is { } address && address != external =>
                Warning($"Two NATs follow each other: the router's outer address is {external}, and the world sees {address}.", evidence, AskOuter),
            _ when IsPrivate(external) =>
                Warning($"Two NATs follow each other: the router's outer address {external} is a private one.", evidence, AskOuter),
            _ when seen is null => new(Id, CheckVerdict.Ok, $"The router's outer address is {external}."),
            _ => new(Id, CheckVerdict.Ok, $"There is one NAT: the router's outer address {external} is the one that the world sees."),
        };
    }

    /// <summary>A private address alone does not show that it translates: large networks have many routers, and one NAT.</summary>
    private static Finding? OfNext(IpAddress router) => router switch
    {
        _ when IsCarrier(router) =>
            Warning($"Two NATs follow each other: behind your router stands {router}, which is a carrier's address: its NAT (CGNAT) is shared by many customers.", $"the second router on the way is {router}", AskProvider),
        _ when IsPrivate(router) =>
            new(Id, CheckVerdict.Ok, $"Behind the router stands another with a private address, {router}: it may be a second NAT.") { Next = $"If both are yours: {AskOuter.ToLowerInvariant()}" },
        _ => null,
    };

    private static Finding Warning(string sentence, string evidence, string next) => new(Id, CheckVerdict.Warn, sentence) { Evidence = evidence, Next = next };
}
