using System.Buffers.Binary;

namespace Postern.Firewalls.Learning.Captures;

/// <summary>Cuts the bytes of a capture into records, however they come.</summary>
internal sealed class CaptureAssembler(PacketHandler found)
{
    /// <summary>Room for the longest record that is looked into: tcpdump's longest packet (262 144 bytes) and its heading.</summary>
    private const int MaximumRecord = (256 << 10) + 64;

    private byte[] _begun = new byte[1024]; // grows to the longest record
    private int _length;
    private long _skip;
    private bool _isBroken;
    private ICaptureReader? _reader;

    /// <summary>Whether the first four bytes are those of pcap (either order, micro- or nanoseconds) or pcapng.</summary>
    public static bool IsCapture(ReadOnlySpan<byte> beginning) =>
        beginning.Length == 4 && (PcapReader.IsMagic(beginning) || BinaryPrimitives.ReadUInt32LittleEndian(beginning) == PcapngReader.SectionHeader);

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_isBroken)
        {
            var skipped = (int)Math.Min(_skip, bytes.Length);
            _skip -= skipped;
            bytes = bytes[skipped..];
            var part = bytes[..Math.Min(bytes.Length, MaximumRecord - _length)];
            if (_length + part.Length > _begun.Length)
            {
                Array.Resize(ref _begun, Math.Min(MaximumRecord, Math.Max(2 * _begun.Length, _length + part.Length)));
            }

            part.CopyTo(_begun.AsSpan(_length));
            _length += part.Length;
            bytes = bytes[part.Length..];
            Drain();
        }
    }

    public void Complete()
    {
        if (_length > 0 || _skip > 0)
        {
            found(LineKind.Cut, Sighting.Nothing);
            (_length, _skip) = (0, 0);
        }
    }

    private void Drain()
    {
        var from = 0;
        while (from < _length)
        {
            _reader ??= PcapReader.IsMagic(_begun) ? new PcapReader(found) : new PcapngReader(found);
            var taken = _reader.Take(_begun.AsSpan(from, _length - from));
            if (taken < 0 || (taken == 0 && from == 0 && _length == MaximumRecord))
            {
                found(LineKind.Cut, Sighting.Nothing);
                (_isBroken, _length) = (true, 0);
                return;
            }

            if (taken == 0)
            {
                break;
            }

            _skip = Math.Max(0, taken - (_length - from));
            from += (int)(taken - _skip);
        }

        _begun.AsSpan(from, _length - from).CopyTo(_begun);
        _length -= from;
    }
}
