namespace Postern.Protocol.Nat;

/// <summary>
/// The range from which a NAT draws, from ports that it has drawn. The samples never reach its ends, so what they span is too
/// narrow; but most NATs draw from a range that is known, and then the ends are exact.
/// </summary>
internal static class DrawnRange
{
    /// <summary>How rarely samples may span so little of a known range before it is taken for another one.</summary>
    private const double Rarely = 0.001;

    private const int Highest = ushort.MaxValue;

    /// <summary>From the narrowest to the widest.</summary>
    private static readonly (int First, int Last)[] Known =
    [
        (49152, Highest), // IANA's dynamic ports (RFC 6335 §6)
        (32768, 60999), // Linux: net.ipv4.ip_local_port_range
        (32768, Highest), // Solaris, and NATs that leave the lower half alone
        (1024, Highest), // all that are not well-known (RFC 6056 §3.2; Linux' NAT with --random-fully)
    ];

    /// <param name="lowest">The lowest port that was seen.</param>
    /// <param name="highest">The highest.</param>
    /// <param name="samples">How many were seen, at least two.</param>
    public static (int Start, int Size) Of(int lowest, int highest, int samples)
    {
        var span = highest - lowest + 1;
        foreach (var (first, last) in Known)
        {
            if (lowest >= first && highest <= last && OddsOfSpan((double)span / (last - first + 1), samples) >= Rarely)
            {
                return (first, last - first + 1);
            }
        }

        // The mean distance between neighbours is that of the outermost ones to the ends as well.
        var margin = (int)Math.Round((double)span / (samples - 1));
        var start = Math.Max(1, lowest - margin);
        return (start, Math.Min(Highest, highest + margin) - start + 1);
    }

    /// <summary>P(all of n uniform draws lie within this share of their range) = n fⁿ⁻¹ − (n − 1) fⁿ.</summary>
    private static double OddsOfSpan(double share, int samples) => (samples * Math.Pow(share, samples - 1)) - ((samples - 1) * Math.Pow(share, samples));
}
