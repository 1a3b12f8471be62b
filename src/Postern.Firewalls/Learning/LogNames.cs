using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Interfaces and log prefixes, each kept once. A log can hold any number of different ones: beyond <see cref="MaximumCount"/> they
/// all count as <see cref="Others"/>.
/// </summary>
public sealed class LogNames
{
    /// <summary>The line does not say.</summary>
    public const ushort Unsaid = 0;

    /// <summary>The empty name: for an interface, the firewall itself.</summary>
    public const ushort Empty = 1;

    /// <summary>One of those that there was no room for.</summary>
    public const ushort Others = 2;

    public const int MaximumCount = 2048;

    private const int Slots = 4 * MaximumCount;
    private const int MaximumLength = 128; // nftables' longest prefix

    private readonly ushort[] _slots = new ushort[Slots];
    private readonly byte[][] _bytes = new byte[MaximumCount][];
    private readonly LogName[] _names = new LogName[MaximumCount];
    private int _count = 3;

    public LogNames()
    {
        (_bytes[Unsaid], _bytes[Empty], _bytes[Others]) = ([], [], []);
        (_names[Unsaid], _names[Empty], _names[Others]) = (LogName.Of(""), LogName.Of(""), LogName.Of("…"));
    }

    /// <summary>How many numbers are given out, the first three included.</summary>
    internal int Count => _count;

    /// <summary>How many times the numbers were given out anew.</summary>
    internal int Age { get; private set; }

    /// <summary>Whether further names count as <see cref="Others"/>.</summary>
    internal bool IsFull => _count == MaximumCount;

    public LogName this[ushort id] => _names[id];

    /// <summary>The name as it stood in the log.</summary>
    internal ReadOnlySpan<byte> Bytes(ushort id) => _bytes[id];

    /// <summary>Forgets all names.</summary>
    internal void Clear()
    {
        Array.Clear(_slots);
        Array.Clear(_bytes, Others + 1, _count - Others - 1);
        Array.Clear(_names, Others + 1, _count - Others - 1);
        _count = Others + 1;
        Age++;
    }

    /// <summary>The number of a name that is mostly the same as another, whose number is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ushort Of(ReadOnlySpan<byte> name, ushort likely) =>
        !name.IsEmpty && name.Length == _bytes[likely]?.Length && LineBytes.AreSame(name, _bytes[likely]) ? likely : Of(name);

    /// <summary>The number of a name; the same for the same bytes.</summary>
    public ushort Of(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return Empty;
        }

        name = name[..Math.Min(name.Length, MaximumLength)];
        var slot = Hash(name) & (Slots - 1);
        for (; _slots[slot] != 0; slot = (slot + 1) & (Slots - 1))
        {
            if (name.SequenceEqual(_bytes[_slots[slot]]))
            {
                return _slots[slot];
            }
        }

        if (_count == MaximumCount)
        {
            return Others;
        }

        _bytes[_count] = name.ToArray();
        _names[_count] = LogName.Of(Encoding.UTF8.GetString(name));
        return _slots[slot] = (ushort)_count++;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = (ulong)name.Length;
        for (; name.Length >= sizeof(ulong); name = name[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name));
        }

        foreach (var octet in name)
        {
            hash = (hash << 8 ^ hash >> 56) ^ octet;
        }

        return (int)(Mix(hash) >> 33);
    }

    private static ulong Mix(ulong word)
    {
        var high = Math.BigMul(word ^ 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, out var low);
        return high ^ low;
    }
}
