using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>What a <see cref="NatProber"/> works with.</summary>
public sealed record NatProberOptions
{
    /// <summary>Enough to know the rule of ports.</summary>
    public const int UsualSamples = 8;

    /// <summary>More are not taken: a NAT's ports are others' too.</summary>
    public const int MostSamples = 32;

    /// <summary>
    /// STUN servers. The first of each family is the one that is asked; further ones of that family, at other addresses,
    /// serve as second addresses for the mapping where the first has none.
    /// </summary>
    public required IReadOnlyList<Endpoint> Servers { get; init; }

    /// <summary>How many fresh sockets show how ports move.</summary>
    public int Samples { get; init; } = UsualSamples;

    /// <summary>Time between two transmissions of one request. Constant, not doubling: five small datagrams towards one's own server.</summary>
    public TimeSpan Rto { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a request is sent before silence counts; at 10 % loss each way all five get lost once in 4,000 times.</summary>
    public int Rc { get; init; } = 5;

    /// <summary>Whether to try the hairpin; some company firewalls take packets towards one's own outer address for an attack.</summary>
    public bool TriesHairpin { get; init; } = true;

    /// <summary>When measuring ends, whatever is still open.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>What the caller knows of the network, such as its gateway's hardware address; goes into <see cref="NatReport.Identity"/> as a hash.</summary>
    public string Network { get; init; } = "";
}
