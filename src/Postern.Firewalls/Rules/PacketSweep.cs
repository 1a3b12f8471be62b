using System.Numerics;

namespace Postern.Firewalls.Rules;

/// <summary>
/// Cuts the space of packets into cells that the same boxes are about: slab by slab along each of the four sides, slabs with the same
/// boxes taken together. Exact, however the boxes overlap.
/// </summary>
internal static class PacketSweep
{
    public static IEnumerable<PacketCell> Cells(IReadOnlyList<PacketBox> boxes) =>
        from source in Slabs(boxes, box => box.Source)
        from destination in Slabs(source.Boxes, box => box.Destination)
        from ports in PortCells(destination.Boxes)
        select ports with { Count = source.Count * destination.Count * ports.Count };

    private static IEnumerable<PacketCell> PortCells(IReadOnlyList<PacketBox> boxes) => boxes.Any(box => box.SamePort)
        ? WithDiagonal(boxes)
        : from source in Slabs(boxes, box => box.SourcePort)
          from destination in Slabs(source.Boxes, box => box.DestinationPort)
          select destination with { Count = source.Count * destination.Count };

    /// <summary>Where boxes hold the diagonal alone, squares on it fall into the diagonal and the rest.</summary>
    private static IEnumerable<PacketCell> WithDiagonal(IReadOnlyList<PacketBox> boxes)
    {
        var spans = Cut(boxes.SelectMany(box => (Span128[])[box.SourcePort, box.DestinationPort])).ToList();
        foreach (var source in spans)
        {
            var met = boxes.Where(box => box.SourcePort.Contains(source.First)).ToList();
            foreach (var destination in met.Count > 0 ? spans : [])
            {
                var all = met.Where(box => box.DestinationPort.Contains(destination.First)).ToList();
                var square = source.Count * destination.Count;
                var diagonal = source == destination ? source.Count : BigInteger.Zero;
                if (all.Count > 0 && diagonal > 0)
                {
                    yield return new(all, diagonal);
                }

                var beside = all.Where(box => !box.SamePort).ToList();
                if (beside.Count > 0 && square > diagonal)
                {
                    yield return new(beside, square - diagonal);
                }
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
