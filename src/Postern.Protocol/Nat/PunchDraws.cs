using Postern.Protocol.Prediction;

namespace Postern.Protocol.Nat;

/// <summary>
/// The odds of punching where NATs draw one of several addresses, or of few ports, for each destination: counted over many draws, in each of which both
/// sides' checks are followed through both NATs until one is answered by whom it asked, or all that are left are shut out.
/// </summary>
internal static class PunchDraws
{
    private const int Draws = 2000; // one standard deviation of a half is 1.1 %
    private const int MostSteps = 64; // more than the addresses that nobody told and that are followed, and the repeats of what was shut out

    /// <summary>The same for the same reports on both sides: its luck comes from one seed.</summary>
    /// <param name="here">Of one side.</param>
    /// <param name="there">Of the other.</param>
    /// <param name="isAsked">So many ports are asked that a filter which looks at addresses alone is as good as open.</param>
    public static double Odds(NatReport here, NatReport there, bool isAsked = false)
    {
        var (one, other) = (DrawnNat.Of(isAsked ? Opened(here) : here), DrawnNat.Of(isAsked ? Opened(there) : there));
        var luck = 0x9E3779B97F4A7C15UL;
        var met = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            met += Meets(one, other, ref luck) ? 1 : 0;
            one.Forget();
            other.Forget();
        }

        return (double)met / Draws;
    }

    private static NatReport Opened(NatReport report) =>
        report.Filtering is NatDependence.AddressDependent or NatDependence.NotPortDependent && AddressPool.Of(report).Count == 1 ? report with { Filtering = NatDependence.EndpointIndependent } : report;

    private static bool Meets(DrawnNat here, DrawnNat there, ref ulong luck)
    {
        DrawnNat[] both = [here, there];
        var checks = new Queue<(int Sender, (int, int) To)>([(0, DrawnNat.Told), (1, DrawnNat.Told)]); // each to what a server saw of the other
        var sent = new HashSet<(int, (int, int))>(checks);
        foreach (var (sender, to) in checks)
        {
            both[sender].Send(to, ref luck); // both filters are open before the repeats arrive
        }

        var shutOut = 0;
        for (var step = 0; step < MostSteps && shutOut < checks.Count; step++)
        {
            var check = checks.Dequeue();
            var (sender, receiver) = (both[check.Sender], both[1 - check.Sender]);
            var source = sender.Send(check.To, ref luck);
            if (!receiver.LetsIn(source, check.To))
            {
                checks.Enqueue(check); // is repeated, and meanwhile the other side may have sent from there
                shutOut++;
                continue;
            }

            shutOut = 0;
            var answers = receiver.Send(source, ref luck);
            if (answers == check.To)
            {
                return true;
            }

            if (sent.Add((1 - check.Sender, source)))
            {
                checks.Enqueue((1 - check.Sender, source));
            }
        }

        return false;
    }
}
