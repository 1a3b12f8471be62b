namespace Postern.Firewalls.Learning.Readers;

/// <summary><c>journalctl -o json</c>: the kernel's line is the text of MESSAGE, its moment __REALTIME_TIMESTAMP in microseconds, as a string.</summary>
internal sealed class JournalReader(LogNames names, LogTime time) : ILineReader
{
    private readonly PacketFields _fields = new(names, time);
    private byte[] _room = []; // for the first message with escapes

    /// <summary>Whether an object with this member is one of the journal's.</summary>
    public static bool IsOfJournal(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 => name.SequenceEqual("MESSAGE"u8),
        10 => name.SequenceEqual("_TRANSPORT"u8),
        20 => name.SequenceEqual("__REALTIME_TIMESTAMP"u8),
        _ => false,
    };

    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Cut;
        if (line.IsEmpty || line[0] != '{')
        {
            return false;
        }

        var (isJournal, isKernel, isText) = (false, false, false);
        ReadOnlySpan<byte> message = default;
        var members = new JsonFields(line);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("MESSAGE"u8))
            {
                isJournal = true;
                isText = members.IsString;
                message = members.Value;
            }
            else if (members.Name.SequenceEqual("__REALTIME_TIMESTAMP"u8))
            {
                isJournal = true;
                sighting.At = ByteText.TryNumber(members.Value, out var micros) ? micros / 1000 : Sighting.NoTime;
            }
            else if (members.Name.SequenceEqual("_TRANSPORT"u8))
            {
                isJournal = true;
                isKernel = members.Value.SequenceEqual("kernel"u8);
            }
        }

        if (isJournal)
        {
            kind = !members.IsComplete ? LineKind.Cut : !isKernel ? LineKind.Foreign : !isText ? LineKind.Unprintable : Message(message, ref sighting);
        }

        return isJournal;
    }

    private LineKind Message(ReadOnlySpan<byte> message, ref Sighting sighting)
    {
        if (message.Contains((byte)'\\'))
        {
            _room = _room.Length > 0 ? _room : new byte[LineAssembler.MaximumLength];
            var length = JsonFields.Unescape(message, _room);
            if (length < 0)
            {
                return LineKind.Cut;
            }

            message = _room.AsSpan(0, length);
            if (LineBytes.AreControls(message))
            {
                return LineKind.Unprintable;
            }
        }

        var at = PacketFields.Find(message);
        return at < 0 ? LineKind.Foreign : _fields.Read(message[..at], message[at..], ref sighting);
    }
}
