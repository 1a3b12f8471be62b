using Postern.Firewalls.Learning;

namespace Postern.Cli.Firewalls;

/// <summary>
/// Cuts a stream into parts that end where a line ends. Captures have no lines, and a line can be longer than a part: such parts are
/// not whole.
/// </summary>
internal sealed class LogParts(Stream stream)
{
    /// <summary>Of a part in bytes: one lies in a core's own cache while it is read.</summary>
    public const int Length = 1 << 18;

    private readonly byte[] _rest = new byte[Length]; // the line that the last part began
    private int _restCount;
    private long _number;
    private bool _isCapture;
    private bool _isWithinLine;
    private bool _isOver;

    /// <summary>Puts the next part into the room; false at the end.</summary>
    public bool TryFill(LogPart part)
    {
        _rest.AsSpan(0, _restCount).CopyTo(part.Room);
        var count = _isOver ? _restCount : _restCount + Read(part.Room[_restCount..]);
        if (count == 0)
        {
            return false;
        }

        var bytes = part.Room[..count];
        _isCapture |= _number == 0 && LogReader.IsCapture(bytes[..Math.Min(4, count)]);
        var end = _isCapture || _isOver ? count : bytes.LastIndexOf((byte)'\n') + 1;
        var isWhole = !_isCapture && !_isWithinLine && end > 0;
        _isWithinLine = end == 0; // a line as long as all of it: it goes on in the next
        end = end == 0 ? count : end;
        bytes[end..].CopyTo(_rest);
        _restCount = count - end;
        part.Fill(_number++, end, isWhole);
        return true;
    }

    /// <summary>Until the room is full or the stream at its end.</summary>
    private int Read(Span<byte> room)
    {
        var count = stream.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
        _isOver = count < room.Length;
        return count;
    }
}
