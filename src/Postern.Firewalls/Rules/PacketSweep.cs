using System.Numerics;

namespace Postern.Firewalls.Rules;

/// <summary>
/// Cuts the space of packets into cells that the same boxes are about: slab by slab along each of the four sides, slabs with the same
/// boxes taken together. Exact, however the boxes overlap.
/// </summary>
internal static class PacketSweep
{
    /// <summary>Destination ports first: they tell rules apart best, so that few boxes are left to cut.</summary>
    public static IEnumerable<PacketCell> Cells(IReadOnlyList<PacketBox> boxes) =>
        from ports in PortCells(boxes)
        from source in Slabs(ports.Boxes, box => box.Source)
        from destination in Slabs(source.Boxes, box => box.Destination)
        select destination with { Count = ports.Count * source.Count * destination.Count };

    private static IEnumerable<PacketCell> PortCells(IReadOnlyList<PacketBox> boxes) => boxes.Any(box => box.SamePort)
        ? Cut(boxes.Select(box => box.DestinationPort))
            .SelectMany(span => WithDiagonal(span, [.. boxes.Where(box => box.DestinationPort.Contains(span.First))]))
        : from destination in Slabs(boxes, box => box.DestinationPort)
          from source in Slabs(destination.Boxes, box => box.SourcePort)
          select source with { Count = destination.Count * source.Count };

    /// <summary>Where boxes hold the diagonal alone, what lies on it is apart from what lies beside it.</summary>
    private static IEnumerable<PacketCell> WithDiagonal(Span128 destination, List<PacketBox> boxes)
    {
        foreach (var source in Cut(boxes.Select(box => box.SourcePort).Append(destination)))
        {
            var met = boxes.Where(box => box.SourcePort.Contains(source.First)).ToList();
            var diagonal = destination.Contains(source.First) ? source.Count : BigInteger.Zero;
            if (met.Count > 0 && diagonal > 0)
            {
                yield return new(met, diagonal);
            }

            var beside = met.Where(box => !box.SamePort).ToList();
            var rest = (source.Count * destination.Count) - diagonal;
            if (beside.Count > 0 && rest > 0)
            {
                yield return new(beside, rest);
            }
        }
    }

    private static List<PacketCell> Slabs(IReadOnlyList<PacketBox> boxes, Func<PacketBox, Span128> side)
    {
        var slabs = new Dictionary<string, PacketCell>();
        foreach (var span in Cut(boxes.Select(side)))
        {
            var met = new List<PacketBox>();
            var key = new System.Text.StringBuilder();
            for (var i = 0; i < boxes.Count; i++)
            {
                if (side(boxes[i]).Contains(span.First))
                {
                    met.Add(boxes[i]);
                    key.Append((char)i);
                }
            }

            if (met.Count > 0)
            {
                var name = key.ToString();
                slabs[name] = new(met, slabs.GetValueOrDefault(name).Count + span.Count);
            }
        }

        return [.. slabs.Values];
    }

    /// <summary>The pieces between all ends of the spans.</summary>
    private static IEnumerable<Span128> Cut(IEnumerable<Span128> spans)
    {
        var starts = new SortedSet<UInt128>();
        UInt128 end = 0;
        foreach (var span in spans)
        {
            starts.Add(span.First);
            end = UInt128.Max(end, span.Last);
            if (span.Last < UInt128.MaxValue)
            {
                starts.Add(span.Last + 1);
            }
        }

        UInt128? open = null;
        foreach (var start in starts)
        {
            if (open is { } first)
            {
                yield return new(first, start - 1);
            }

            open = start;
        }

        if (open is { } last && last <= end)
        {
            yield return new(last, end);
        }
    }
}
