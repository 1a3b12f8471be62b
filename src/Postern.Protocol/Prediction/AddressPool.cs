using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Protocol.Prediction;

/// <summary>The outer addresses of a NAT that may give each mapping another one (RFC 4787 §4.1, "arbitrary" pooling).</summary>
/// <param name="Known">Those that the other side can be told or asks, the most frequent first; empty where nothing was measured.</param>
/// <param name="Count">How many were seen in all; 1 for a NAT whose mappings all have one address.</param>
/// <param name="Unseen">How likely the next mapping has one that was not: as often as an address was seen only once (Good and Turing, Biometrika 1953).</param>
public sealed record AddressPool(IReadOnlyList<IpAddress> Known, int Count, double Unseen = 0)
{
    /// <summary>More are not asked: a report must not send us to the doors of many others.</summary>
    public const int Most = 4;

    private const int Largest = 4096; // beyond, no odds are worth anything

    /// <summary>How many of them can be asked.</summary>
    public int Asked => Known.Count > 1 ? Known.Count : Math.Min(Count, Most);

    public bool AreAllAsked => Asked == Count;

    /// <summary>How likely the next mapping has one of those that can be asked: each is taken as often as the others.</summary>
    public double Share => Math.Min(Asked * One, 1 - Unseen);

    /// <summary>How likely it has a certain one of them. A report that names their number without having seen them knows it.</summary>
    public double One => (Known.Count > 1 ? 1 - Unseen : 1) / Count;

    /// <summary>A NAT whose port stays keeps its address with it.</summary>
    public static AddressPool Of(NatReport? report)
    {
        if (report is null || report.Mapped == Endpoint.None)
        {
            return new([], 1);
        }

        var seen = Seen(report);
        var known = seen.GroupBy(address => address).OrderByDescending(group => group.Count()).ToArray();
        var count = Math.Clamp(Math.Max(known.Length, report.MappedAddresses), 1, Largest);
        return PortClasses.Of(report) == PortClass.Stays || known.Length == 0 ? new([report.Mapped.Address], 1)
            : new([.. known.Select(group => group.Key).Take(Most)], count, count == 1 ? 0 : seen.Length > 1 ? known.Count(group => group.Count() == 1) / (double)seen.Length : UnseenUsually(count));
    }

    /// <summary>Of a report without its samples.</summary>
    private static double UnseenUsually(int count) => Math.Pow(1 - (1.0 / count), 2 * NatProberOptions.UsualSamples);

    /// <summary>Whether both were seen behind one outer address: then probably behind one router.</summary>
    public static bool Meet(NatReport one, NatReport other) => Seen(one).Intersect(Seen(other)).Any();

    /// <summary>The address of each mapping that was seen. A report of the other side's may say anything.</summary>
    private static IpAddress[] Seen(NatReport report) => report.Ports.Samples.All(sample => sample.Mapped.Address == report.Mapped.Address) ? [report.Mapped.Address] :
    [
        .. report.Ports.Samples.Select(sample => sample.Mapped.Address).Prepend(report.Mapped.Address)
            .Where(address => address.IsV4 == report.Mapped.IsV4 && address is { IsLoopback: false, IsMulticast: false, IsUnspecified: false }),
    ];
}
