namespace Postern.Firewalls.Learning;

/// <summary>Cuts bytes into lines, however they come. A line longer than <see cref="MaximumLength"/> is passed over as a whole.</summary>
/// <param name="take">Is given each line without its end.</param>
/// <param name="refuse">Is told of each line that was too long.</param>
internal sealed class LineAssembler(LineAssembler.LineHandler take, Action refuse)
{
    public delegate void LineHandler(ReadOnlySpan<byte> line);

    /// <summary>Longer than journald's lines with all their fields and than what syslog carries (RFC 5424 §6.1 asks for 2048).</summary>
    public const int MaximumLength = 16 * 1024;

    private byte[] _begun = []; // most lines lie whole within the bytes that come
    private int _length;
    private bool _isTooLong;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            bytes = bytes[(end < 0 ? bytes.Length : end + 1)..];
            if (end >= 0 && _length == 0 && !_isTooLong && part.Length <= MaximumLength)
            {
                take(Trimmed(part)); // whole within these bytes: no copy
                continue;
            }

            Keep(part);
            if (end >= 0)
            {
                Finish();
            }
        }
    }

    /// <summary>The end: what was begun is a line.</summary>
    public void Complete()
    {
        if (_length > 0 || _isTooLong)
        {
            Finish();
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        _isTooLong |= part.Length > MaximumLength - _length;
        if (!_isTooLong)
        {
            if (_length + part.Length > _begun.Length)
            {
                Array.Resize(ref _begun, Math.Min(MaximumLength, Math.Max(2 * _begun.Length, _length + part.Length)));
            }

            part.CopyTo(_begun.AsSpan(_length));
            _length += part.Length;
        }
    }

    private void Finish()
    {
        if (_isTooLong)
        {
            refuse();
        }
        else
        {
            take(Trimmed(_begun.AsSpan(0, _length)));
        }

        (_length, _isTooLong) = (0, false);
    }

    /// <summary>Without the first half of the line end that Windows writes.</summary>
    internal static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> line) => !line.IsEmpty && line[^1] == '\r' ? line[..^1] : line;
}
