using Postern.Lab.Boxes;
using Postern.Lab.Predicate;
using Postern.Protocol.Net;

namespace Postern.Lab.Grid.Ladders;

/// <summary>
/// Makes a ladder of many packets: what is like an earlier packet is counted on its rung. Where there are still too many, the
/// earliest stay, and with them those around the moments at which the call got its path.
/// </summary>
internal static class LadderMaker
{
    private static readonly TimeSpan Around = TimeSpan.FromMilliseconds(60); // a round trip and what belongs to it
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    public static Ladder Make(IReadOnlyList<LadderPlace> places, IReadOnlyList<Flight> flights, Instant began, TrialOutcome outcome)
    {
        Instant[] moments = [.. new[] { outcome.FirstByteAfter, outcome.DirectAfter }.OfType<TimeSpan>().Select(after => began + after)];
        var endpoints = new Dictionary<Endpoint, int>();
        var rungs = Kept(Folded(flights), moments).Select(fold => Rung(fold.First, fold.Repeats, began, endpoints)).ToArray();
        return new(places, [.. endpoints.Keys], rungs, flights.Count, Milliseconds(outcome.FirstByteAfter), Milliseconds(outcome.DirectAfter));
    }

    /// <summary>Bursts of the same packet become one, and after two bursts all later ones do.</summary>
    private static List<Fold> Folded(IReadOnlyList<Flight> flights)
    {
        var folds = new List<Fold>();
        var last = new Dictionary<object, (Fold Fold, int Bursts)>();
        foreach (var flight in flights)
        {
            var isKnown = last.TryGetValue(flight.Likeness, out var known);
            if (isKnown && (known.Bursts >= 2 || flight.Began - known.Fold.First.Began < Burst))
            {
                known.Fold.Repeats++;
                continue;
            }

            var fold = new Fold(flight);
            folds.Add(fold);
            last[flight.Likeness] = (fold, known.Bursts + 1);
        }

        return folds;
    }

    private static IEnumerable<Fold> Kept(List<Fold> folds, Instant[] moments)
    {
        if (folds.Count <= LadderRecorder.MostRungs)
        {
            return folds;
        }

        var kept = folds.Index()
            .OrderBy(fold => moments.Any(moment => moment - Around <= fold.Item.First.Began && fold.Item.First.Began <= moment + Around) ? 0 : 1)
            .ThenBy(fold => fold.Index)
            .Take(LadderRecorder.MostRungs);
        return kept.OrderBy(fold => fold.Index).Select(fold => fold.Item);
    }

    private static LadderRung Rung(Flight flight, int repeats, Instant began, Dictionary<Endpoint, int> endpoints)
    {
        return new()
        {
            At = Math.Round((flight.Began - began).TotalMilliseconds, 1),
            Took = Math.Round((flight.Ended - flight.Began).TotalMilliseconds, 1),
            From = flight.From,
            To = flight.To,
            Kind = flight.Kind,
            Source = IndexOf(flight.Source),
            SeenAs = flight.SeenAs == flight.Source ? null : IndexOf(flight.SeenAs),
            Destination = IndexOf(flight.Destination),
            Dropped = flight.Dropped == DropReason.None ? null : flight.Dropped,
            Repeats = repeats == 0 ? null : repeats,
        };

        int IndexOf(Endpoint endpoint)
        {
            if (!endpoints.TryGetValue(endpoint, out var index))
            {
                endpoints[endpoint] = index = endpoints.Count;
            }

            return index;
        }
    }

    private static double? Milliseconds(TimeSpan? span) => span is { } known ? Math.Round(known.TotalMilliseconds, 1) : null;

    private sealed class Fold(Flight first)
    {
        public Flight First => first;

        public int Repeats { get; set; }
    }
}
