using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>What was measured of one side's NAT in one address family, in RFC 4787 words. A snapshot, not a promise (RFC 5780 §1).</summary>
public sealed record NatReport
{
    public required IpFamily Family { get; init; }

    /// <summary>The inner endpoint of the first socket.</summary>
    [JsonConverter(typeof(EndpointConverter))]
    public Endpoint Local { get; init; }

    /// <summary>The outer endpoint of the first socket as the server saw it; <see cref="Endpoint.None"/> where nothing came back.</summary>
    [JsonConverter(typeof(EndpointConverter))]
    public Endpoint Mapped { get; init; }

    /// <summary>How many outer addresses were seen; more than one is a pool (RFC 4787 §4.1, "IP address pooling").</summary>
    public int MappedAddresses { get; init; }

    /// <summary>No answer over UDP at all: blocked, or the server is down.</summary>
    public bool UdpBlocked { get; init; }

    /// <summary>UDP reaches some hosts only, our servers among them: a firewall names them.</summary>
    public bool UdpLimited { get; init; }

    /// <summary>False where the outer address is the inner one: a public address, perhaps behind a firewall.</summary>
    public bool IsTranslated { get; init; }

    public NatDependence Mapping { get; init; }

    public NatDependence Filtering { get; init; }

    public PortRule Ports { get; init; } = PortRule.Unknown;

    /// <summary>How many mappings it has room for, where somebody knows it: measuring does not use it up. 0 where nobody does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Room { get; init; }

    /// <summary>For how many seconds it keeps a mapping that nothing has answered, where somebody knows it: measuring does not wait for its end. 0 where nobody does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double UnansweredLifetime { get; init; }

    /// <summary>A port that is in use towards one destination may be given out for another ("port overloading", RFC 4787 §4.2.1), where somebody knows it: measuring does not see it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OverloadsPorts { get; init; }

    public NatHairpin Hairpin { get; init; }

    /// <summary>Everything above that is unknown or known in part, with the reason.</summary>
    public IReadOnlyList<NatUnknown> Unknowns { get; init; } = [];

    /// <summary>Round trip to the server in milliseconds; 0 where unknown.</summary>
    public double RoundTripMilliseconds { get; init; }

    /// <summary>How long measuring took, in milliseconds.</summary>
    public double TookMilliseconds { get; init; }

    /// <summary>Datagrams that measuring sent.</summary>
    public int Sent { get; init; }

    /// <summary>Under which this report may be cached: equal for equal networks, see <see cref="IdentityOf"/>.</summary>
    public string Identity { get; init; } = "";

    /// <summary>
    /// The same with what a server saw just now. Reports are hours old, and meanwhile a carrier may have given us another block of
    /// ports, or another address.
    /// </summary>
    public NatReport Seeing(Endpoint mapped) => !IsTranslated || mapped.IsV4 != Mapped.IsV4 || mapped.Port == 0 ? this : this with
    {
        Mapped = IsElsewhere(mapped) ? mapped : Mapped,
        Ports = IsElsewhere(mapped) ? Ports.Seeing(mapped.Port) with { Samples = [] } : Ports.Seeing(mapped.Port), // the earlier address may be a stranger's by now
    };

    /// <summary>What a peer knows when it plans, also where somebody knows more.</summary>
    public NatReport AsMeasured() => Room == 0 && UnansweredLifetime == 0 && !OverloadsPorts && ReferenceEquals(Ports, Ports.AsMeasured()) ? this
        : this with { Room = 0, UnansweredLifetime = 0, OverloadsPorts = false, Ports = Ports.AsMeasured() };

    private bool IsElsewhere(Endpoint mapped) => MappedAddresses <= 1 && mapped.Address != Mapped.Address;

    /// <summary>
    /// A name of a network that tells nothing of it: SHA-256 over what the caller knows of it (gateway, network name), the
    /// family, and the inner and outer address (of IPv6 the first 64 bits). One Binding answer suffices to look a report up.
    /// </summary>
    public static string IdentityOf(string network, IpFamily family, IpAddress local, IpAddress mapped)
    {
        var text = $"postern-nat-1\n{network}\n{family}\n{Prefix(local)}\n{Prefix(mapped)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    private static IpAddress Prefix(IpAddress address) => address.IsV4 ? address : new(address.Bits >> 64 << 64);
}
