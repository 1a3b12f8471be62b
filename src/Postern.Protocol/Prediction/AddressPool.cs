using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Protocol.Prediction;

/// <summary>The outer addresses of a NAT that may give each mapping another one (RFC 4787 §4.1, "arbitrary" pooling).</summary>
/// <param name="Known">Those that the other side can be told or asks, the most frequent first; empty where nothing was measured.</param>
/// <param name="Count">How many were seen in all; 1 for a NAT whose mappings all have one address.</param>
public sealed record AddressPool(IReadOnlyList<IpAddress> Known, int Count)
{
    /// <summary>More are not asked: a report must not send us to the doors of many others.</summary>
    public const int Most = 4;

    private const int Largest = 4096; // beyond, no odds are worth anything

    /// <summary>How many of them can be asked.</summary>
    public int Asked => Known.Count > 1 ? Known.Count : Math.Min(Count, Most);

    /// <summary>How likely the next mapping has one of those that can be asked: each is taken as often as the others.</summary>
    public double Share => (double)Asked / Count;

    /// <summary>A NAT whose port stays keeps its address with it.</summary>
    public static AddressPool Of(NatReport? report)
    {
        if (report is null || report.Mapped == Endpoint.None)
        {
            return new([], 1);
        }

        var seen = Seen(report);
        return PortClasses.Of(report) == PortClass.Stays || seen.Length == 0 ? new([report.Mapped.Address], 1)
            : new([.. seen.Take(Most)], Math.Clamp(Math.Max(seen.Length, report.MappedAddresses), 1, Largest));
    }

    /// <summary>Whether both were seen behind one outer address: then probably behind one router.</summary>
    public static bool Meet(NatReport one, NatReport other) => Seen(one).Intersect(Seen(other)).Any();

    /// <summary>A report of the other side's may say anything.</summary>
    private static IpAddress[] Seen(NatReport report) => report.Ports.Samples.All(sample => sample.Mapped.Address == report.Mapped.Address) ? [report.Mapped.Address] :
    [
        .. report.Ports.Samples.Select(sample => sample.Mapped.Address).Prepend(report.Mapped.Address)
            .Where(address => address.IsV4 == report.Mapped.IsV4 && address is { IsLoopback: false, IsMulticast: false, IsUnspecified: false })
            .GroupBy(address => address).OrderByDescending(group => group.Count()).Select(group => group.Key),
    ];
}
