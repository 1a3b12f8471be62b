using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Remembers which flows were seen, each as 64 bits in a table of fixed size, to know packets that repeat one and packets that answer
/// one. Where a place is full the oldest there is forgotten: an answer may then be taken for a flow of its own.
/// </summary>
internal sealed class RecentTuples
{
    private const int Ways = 4;

    private readonly ulong[] _tuples;
    private readonly ulong _mask;
    private ulong _touched;

    /// <param name="bits">The table holds two to the power of this many flows.</param>
    public RecentTuples(int bits)
    {
        _tuples = new ulong[1 << bits];
        _mask = ((1UL << bits) - 1) & ~(ulong)(Ways - 1);
    }

    public enum Sight : byte
    {
        New, Repeat, Answer,
    }

    /// <summary>How many flows had to be forgotten.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Reads every place once: see <see cref="GroupIndex.Touch"/>.</summary>
    public void Touch(ReadOnlySpan<Sighting> sightings)
    {
        foreach (ref readonly var sighting in sightings)
        {
            _touched += _tuples[Place(Half(sighting.Source, sighting.SourcePort), Half(sighting.Destination, sighting.DestinationPort))];
        }
    }

    public Sight See(in Sighting sighting)
    {
        // TCP shows in its flags who began, and an echo request asks whichever way it goes.
        var mayAnswer = sighting.Protocol is not (IpProtocol.Tcp or IpProtocol.Sctp or IpProtocol.Icmp or IpProtocol.Icmp6);
        var source = Half(sighting.Source, sighting.SourcePort);
        var destination = Half(sighting.Destination, sighting.DestinationPort);
        var what = ((ulong)sighting.Protocol << 8) | sighting.IcmpType;
        var set = _tuples.AsSpan(Place(source, destination), Ways);
        if (mayAnswer && source != destination && set.Contains(Whole(destination, source, what)))
        {
            return Sight.Answer;
        }

        return Keep(set, Whole(source, destination, what)) ? Sight.New : Sight.Repeat;
    }

    /// <summary>The same for both directions, so that a flow and its answer are looked for in one place.</summary>
    private int Place(ulong one, ulong other) => (int)((((one + other) * 0x9E3779B97F4A7C15) >> 32) & _mask);

    private static ulong Half(UInt128 address, ushort port) => Mix((ulong)address ^ ((ulong)port << 48), (ulong)(address >> 64) ^ port);

    private static ulong Whole(ulong from, ulong to, ulong what) => Mix(from ^ what, (to << 1) ^ (to >> 63)) | 1; // 0 is an empty place

    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a ^ 0x2D358DCCAA6C78A5, b ^ 0x8BB84B93962EACC9, out var low);
        return high ^ low;
    }

    /// <summary>False where it was there.</summary>
    private bool Keep(Span<ulong> set, ulong tuple)
    {
        if (set.Contains(tuple))
        {
            return false;
        }

        Forgotten += set[^1] != 0 ? 1 : 0;
        set[..^1].CopyTo(set[1..]);
        set[0] = tuple;
        return true;
    }
}
