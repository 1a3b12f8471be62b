using Postern.Protocol.Net;

namespace Postern.Lab.Packets;

/// <summary>
/// What became of a datagram's first fragment, for those that follow it without ports (RFC 4787 §11: in order; what overtakes
/// the first one is lost). Bounded: the oldest go.
/// </summary>
/// <typeparam name="T">What is remembered.</typeparam>
public sealed class FragmentTable<T>
    where T : struct
{
    /// <summary>As long as Linux waits for the rest of a datagram (ipfrag_time).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MostRemembered = 1024;

    private readonly Dictionary<Key, (T Fate, Instant Until)> _fates = new(MostRemembered);
    private readonly Queue<Key> _order = new(MostRemembered);

    private readonly record struct Key(IpAddress Source, IpAddress Destination, uint Id, byte Protocol);

    public int Count => _fates.Count;

    /// <param name="header">As the first fragment arrived.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="fate">What became of it.</param>
    /// <param name="now">Now.</param>
    public void Note(in PacketHeader header, in PacketShape shape, T fate, Instant now)
    {
        var key = KeyOf(header, shape);
        if (!_fates.ContainsKey(key))
        {
            while (_order.Count >= MostRemembered)
            {
                _fates.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
        }

        _fates[key] = (fate, now + Patience);
    }

    /// <summary>What became of the first fragment of the same datagram; false when it is not known.</summary>
    public bool TryFind(in PacketHeader header, in PacketShape shape, Instant now, out T fate)
    {
        var isKnown = _fates.TryGetValue(KeyOf(header, shape), out var found) && found.Until > now;
        fate = isKnown ? found.Fate : default;
        return isKnown;
    }

    private static Key KeyOf(in PacketHeader header, in PacketShape shape) => new(header.Source.Address, header.Destination.Address, shape.FragmentId, shape.Protocol);
}
