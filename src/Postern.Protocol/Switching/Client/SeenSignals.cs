namespace Postern.Protocol.Switching.Client;

/// <summary>
/// Which signals have arrived before, by sender and run. A sender repeats in order and has few unacknowledged, so a window
/// behind the highest number is enough: what lies below it has been seen.
/// </summary>
internal sealed class SeenSignals
{
    private const int Window = 1024;
    private const int MaximumOrigins = 256;

    private readonly Dictionary<(string From, string Run), Origin> _origins = [];
    private long _clock;

    public int Origins => _origins.Count;

    /// <summary>False when this signal was here before.</summary>
    public bool TryAdd(string from, string run, long seq)
    {
        if (!_origins.TryGetValue((from, run), out var origin))
        {
            if (_origins.Count == MaximumOrigins)
            {
                _origins.Remove(_origins.MinBy(entry => entry.Value.LastUsed).Key);
            }

            origin = new Origin();
            _origins.Add((from, run), origin);
        }

        origin.LastUsed = ++_clock;
        return origin.TryAdd(seq);
    }

    private sealed class Origin
    {
        private readonly ulong[] _bits = new ulong[Window / 64];
        private long _highest;

        public long LastUsed { get; set; }

        public bool TryAdd(long seq)
        {
            if (seq <= _highest - Window)
            {
                return false;
            }

            for (var passed = Math.Max(_highest + 1, seq - Window + 1); passed <= seq; passed++)
            {
                _bits[passed / 64 % _bits.Length] &= ~(1UL << (int)(passed % 64));
            }

            _highest = Math.Max(_highest, seq);
            ref var word = ref _bits[seq / 64 % _bits.Length];
            var bit = 1UL << (int)(seq % 64);
            var isNew = (word & bit) == 0;
            word |= bit;
            return isNew;
        }
    }
}
