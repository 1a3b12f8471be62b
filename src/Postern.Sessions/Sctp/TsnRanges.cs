namespace Postern.Sessions.Sctp;

/// <summary>The TSNs that arrived: all up to <see cref="Cumulative"/>, and ranges beyond it, sorted. Bounded: a further gap is refused.</summary>
internal sealed class TsnRanges
{
    /// <summary>More gaps than a peer with any sense leaves open.</summary>
    public const int Maximum = 4096;

    private TsnRange[] _ranges = new TsnRange[16];

    public long Cumulative { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<TsnRange> Ranges => _ranges.AsSpan(0, Count);

    /// <summary>The highest TSN that arrived.</summary>
    public long Highest => Count == 0 ? Cumulative : _ranges[Count - 1].End;

    public void Start(uint initialTsn)
    {
        Cumulative = Tsn.First(initialTsn) - 1;
        Count = 0;
    }

    public bool Contains(long tsn)
    {
        if (tsn <= Cumulative)
        {
            return true;
        }

        var index = FirstEndingAtOrAfter(tsn);
        return index < Count && _ranges[index].Start <= tsn;
    }

    /// <summary>Adds a TSN that is not contained; false when that would open one gap too many.</summary>
    public bool TryAdd(long tsn)
    {
        if (tsn == Cumulative + 1)
        {
            Cumulative = tsn;
            Absorb();
            return true;
        }

        var index = FirstEndingAtOrAfter(tsn);
        var joinsLeft = index > 0 && _ranges[index - 1].End == tsn - 1;
        var joinsRight = index < Count && _ranges[index].Start == tsn + 1;
        if (joinsLeft && joinsRight)
        {
            _ranges[index - 1] = new(_ranges[index - 1].Start, _ranges[index].End);
            RemoveAt(index);
        }
        else if (joinsLeft)
        {
            _ranges[index - 1] = new(_ranges[index - 1].Start, tsn);
        }
        else if (joinsRight)
        {
            _ranges[index] = new(tsn, _ranges[index].End);
        }
        else
        {
            return TryInsert(index, tsn);
        }

        return true;
    }

    /// <summary>Counts all up to here as arrived (RFC 3758 §3.6).</summary>
    public void Forward(long cumulative)
    {
        Cumulative = cumulative;
        while (Count > 0 && _ranges[0].Start <= cumulative)
        {
            Cumulative = Math.Max(cumulative, _ranges[0].End);
            RemoveAt(0);
        }

        Absorb();
    }

    private void Absorb()
    {
        if (Count > 0 && _ranges[0].Start == Cumulative + 1)
        {
            Cumulative = _ranges[0].End;
            RemoveAt(0);
        }
    }

    private int FirstEndingAtOrAfter(long tsn)
    {
        if (Count == 0 || tsn > _ranges[Count - 1].End)
        {
            return Count; // nearly always
        }

        int low = 0, high = Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End < tsn)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool TryInsert(int index, long tsn)
    {
        if (Count == Maximum)
        {
            return false;
        }

        if (Count == _ranges.Length)
        {
            Array.Resize(ref _ranges, Count * 2);
        }

        Array.Copy(_ranges, index, _ranges, index + 1, Count - index);
        _ranges[index] = new(tsn, tsn);
        Count++;
        return true;
    }

    private void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_ranges, index + 1, _ranges, index, Count - index);
    }
}
