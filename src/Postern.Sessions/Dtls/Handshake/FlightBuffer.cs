using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>
/// The flight that we sent last, kept to be repeated (RFC 6347 §4.2.4). It is packed into as few datagrams as fit, messages
/// are fragmented where they must, and every repetition has new record numbers.
/// </summary>
internal sealed class FlightBuffer
{
    // Room for a fragment of this many bytes is used; less is left empty.
    private const int SmallestFragment = 32;
    private readonly List<FlightItem> _items = [];
    private int _item;    // where the next datagram begins: the item,
    private int _offset;  // and how much of its body has gone

    public IReadOnlyList<FlightItem> Items => _items;

    /// <summary>Whether there is something to repeat.</summary>
    public bool IsEmpty => _items.Count == 0;

    /// <summary>Whether a datagram is waiting to be written.</summary>
    public bool IsPending => _item < _items.Count;

    public void Add(FlightItem item) => _items.Add(item);

    public void Clear()
    {
        _items.Clear();
        Rewind();
    }

    /// <summary>Sends the flight again from its beginning.</summary>
    public void Rewind() => (_item, _offset) = (0, 0);

    /// <summary>Writes the next datagram and returns its size.</summary>
    public int Write(Span<byte> datagram, RecordLayer records)
    {
        var length = 0;
        while (IsPending)
        {
            var item = _items[_item];
            var room = datagram.Length - length - RecordHeader.Size - (item.Epoch == 0 ? 0 : RecordProtection.Expansion);
            var written = item.Type == ContentType.Handshake
                ? WriteFragment(item, room, datagram[length..], records)
                : WriteWhole(item, room, datagram[length..], records);
            if (written == 0)
            {
                break;
            }

            length += written;
        }

        return length;
    }

    private int WriteWhole(FlightItem item, int room, Span<byte> record, RecordLayer records)
    {
        if (room < item.Bytes.Length)
        {
            return 0;
        }

        _item++;
        return records.Write(item.Type, item.Epoch, item.Bytes, record);
    }

    private int WriteFragment(FlightItem item, int room, Span<byte> record, RecordLayer records)
    {
        if (!HandshakeFragment.TryParse(item.Bytes, out var message))
        {
            throw new InvalidOperationException("A flight holds whole messages.");
        }

        var left = message.Length - _offset;
        var count = Math.Min(left, room - HandshakeFragment.HeaderSize);
        if (count < Math.Min(left, SmallestFragment))
        {
            return 0;
        }

        var fragment = new byte[HandshakeFragment.HeaderSize + count];
        HandshakeFragment.WriteHeader(fragment, message.Type, message.Length, message.Sequence, _offset, count);
        message.Bytes.Slice(_offset, count).CopyTo(fragment.AsSpan(HandshakeFragment.HeaderSize));
        _offset += count;
        if (_offset == message.Length)
        {
            (_item, _offset) = (_item + 1, 0);
        }

        return records.Write(item.Type, item.Epoch, fragment, record);
    }
}
