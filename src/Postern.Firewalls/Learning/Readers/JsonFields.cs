using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>The members of one JSON object in a line, one after the other; what it nests is passed over. Never throws.</summary>
internal ref struct JsonFields(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _at;
    private bool _isBegun;

    /// <summary>As it stands between the quotation marks: names with escapes are none that we look for.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>A string without its quotation marks and as it is escaped, a number or word as it stands, or a nested value whole.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool IsString { get; private set; }

    /// <summary>Where the value begins in the line.</summary>
    public readonly int ValueStart => _at - Value.Length - (IsString ? 1 : 0);

    /// <summary>Whether the object ended as it should, once <see cref="MoveNext"/> has said false.</summary>
    public bool IsComplete { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        if (!TrySign(_isBegun ? (byte)',' : (byte)'{'))
        {
            IsComplete = _isBegun && TrySign((byte)'}') && _line[_at..].Trim((byte)' ').IsEmpty;
            return false;
        }

        _isBegun = true;
        Blank();
        if (!TryString(out var name) || !TrySign((byte)':'))
        {
            return false;
        }

        Name = name;
        Blank();
        return TryValue();
    }

    /// <summary>Undoes the escapes of a string; answers how much of the room it took, -1 where it is malformed or there is too little room.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var written = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf((byte)'\\');
            plain = plain < 0 ? text.Length : plain;
            if (plain + 4 > room.Length - written)
            {
                return -1;
            }

            text[..plain].CopyTo(room[written..]);
            written += plain;
            text = text[plain..];
            if (!text.IsEmpty && !TryEscape(ref text, room, ref written))
            {
                return -1;
            }
        }

        return written;
    }

    private static bool TryEscape(ref ReadOnlySpan<byte> text, Span<byte> room, ref int written)
    {
        if (text.Length < 2)
        {
            return false;
        }

        if (text[1] == 'u')
        {
            return TryUnicode(ref text, room, ref written);
        }

        var octet = text[1] switch { (byte)'n' => '\n', (byte)'t' => '\t', (byte)'r' => '\r', (byte)'b' => '\b', (byte)'f' => '\f', _ => (char)text[1] };
        room[written++] = (byte)octet;
        text = text[2..];
        return octet is '\n' or '\t' or '\r' or '\b' or '\f' or '"' or '\\' or '/';
    }

    /// <summary>A character of the basic plane; halves of a pair become the replacement character.</summary>
    private static bool TryUnicode(ref ReadOnlySpan<byte> text, Span<byte> room, ref int written)
    {
        if (text.Length < 6 || !System.Buffers.Text.Utf8Parser.TryParse(text[2..6], out ushort value, out var taken, 'x') || taken != 4)
        {
            return false;
        }

        var rune = System.Text.Rune.TryCreate((char)value, out var whole) ? whole : System.Text.Rune.ReplacementChar;
        written += rune.EncodeToUtf8(room[written..]);
        text = text[6..];
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryValue()
    {
        IsString = false;
        if (_at == _line.Length)
        {
            return false;
        }

        switch (_line[_at])
        {
            case (byte)'"':
                IsString = TryString(out var text);
                Value = text;
                return IsString;
            case (byte)'{' or (byte)'[':
                return TryNested();
            default:
                var end = _at;
                while (end < _line.Length && _line[end] is not ((byte)',' or (byte)' ' or (byte)'}'))
                {
                    end++;
                }

                Value = _line[_at..end];
                _at = end;
                return !Value.IsEmpty;
        }
    }

    private bool TryNested()
    {
        var start = _at;
        for (var depth = 0; _at < _line.Length;)
        {
            var next = _line[_at..].IndexOfAny("\"{}[]"u8);
            if (next < 0)
            {
                return false;
            }

            _at += next;
            if (_line[_at] == '"')
            {
                if (!TryString(out _))
                {
                    return false;
                }

                continue;
            }

            depth += _line[_at++] is (byte)'{' or (byte)'[' ? 1 : -1;
            if (depth == 0)
            {
                Value = _line[start.._at];
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_at == _line.Length || _line[_at] != '"')
        {
            return false;
        }

        for (var at = _at + 1; at <= _line.Length; at += 2) // past the backslash and what it escapes
        {
            var next = LineBytes.IndexOfEither(_line[at..], (byte)'"', (byte)'\\');
            if (next < 0)
            {
                return false;
            }

            at += next;
            if (_line[at] == '"')
            {
                text = _line[(_at + 1)..at];
                _at = at + 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>Passes over blanks and then the sign, where it is that one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TrySign(byte sign)
    {
        Blank();
        var isSign = _at < _line.Length && _line[_at] == sign;
        _at += isSign ? 1 : 0;
        return isSign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Blank()
    {
        while (_at < _line.Length && _line[_at] is ((byte)' ' or (byte)'\t'))
        {
            _at++;
        }
    }
}
