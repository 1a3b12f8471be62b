using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Works out where a flow is to be looked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Tuple TupleOf(in Sighting sighting)
    {
        var source = Half(sighting.Source, sighting.SourcePort);
        var destination = Half(sighting.Destination, sighting.DestinationPort);
        var what = ((ulong)sighting.Protocol << 8) | sighting.IcmpType;

        // TCP shows in its flags who began, and an echo request asks whichever way it goes.
        var mayAnswer = sighting.Protocol is not (IpProtocol.Tcp or IpProtocol.Sctp or IpProtocol.Icmp or IpProtocol.Icmp6) && source != destination;
        var whole = Whole(source, destination, what);
        return new(Place(source, destination), whole, mayAnswer ? Whole(destination, source, what) : whole);
    }

    /// <summary>Reads every place once: see <see cref="GroupIndex.Touch"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Touch(ReadOnlySpan<Tuple> tuples)
    {
        var (places, touched) = (_tuples, 0UL);
        foreach (ref readonly var tuple in tuples)
        {
            touched += places[tuple.Place] + places[tuple.Place + Ways - 1]; // a set may lie in two lines of the cache
        }

        _touched += touched;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Sight See(in Tuple tuple)
    {
        var places = _tuples.AsSpan(tuple.Place, Ways);
        var set = Vector256.Create<ulong>(places);
        if (tuple.Back != tuple.Whole && Vector256.EqualsAny(set, Vector256.Create(tuple.Back)))
        {
            return Sight.Answer;
        }

        if (Vector256.EqualsAny(set, Vector256.Create(tuple.Whole)))
        {
            return Sight.Repeat;
        }

        Forgotten += places[Ways - 1] != 0 ? 1 : 0;
        (places[3], places[2], places[1], places[0]) = (places[2], places[1], places[0], tuple.Whole);
        return Sight.New;
    }

    /// <summary>The same for both directions, so that a flow and its answer are looked for in one place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(ulong one, ulong other) => (int)((((one + other) * 0x9E3779B97F4A7C15) >> 32) & _mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Half(UInt128 address, ushort port) => Mix((ulong)address ^ ((ulong)port << 48), (ulong)(address >> 64) ^ port);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Whole(ulong from, ulong to, ulong what) => Mix(from ^ what, (to << 1) ^ (to >> 63)) | 1; // 0 is an empty place

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a ^ 0x2D358DCCAA6C78A5, b ^ 0x8BB84B93962EACC9, out var low);
        return high ^ low;
    }

    /// <summary>A flow as the table knows it.</summary>
    /// <param name="Place">The first of the places where it may be.</param>
    /// <param name="Whole">What stands there for it.</param>
    /// <param name="Back">What stands there for the flow that it may answer; the same where it can answer none.</param>
    public readonly record struct Tuple(int Place, ulong Whole, ulong Back);
}
