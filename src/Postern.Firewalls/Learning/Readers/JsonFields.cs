namespace Postern.Firewalls.Learning.Readers;

/// <summary>The members of one JSON object in a line, one after the other; what it nests is passed over. Never throws.</summary>
internal ref struct JsonFields(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;
    private bool _isFirst = true;

    /// <summary>As it stands between the quotation marks: names with escapes are none that we look for.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>A string without its quotation marks and as it is escaped, a number or word as it stands, or a nested value whole.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool IsString { get; private set; }

    /// <summary>Whether the object ended as it should, once <see cref="MoveNext"/> has said false.</summary>
    public bool IsComplete { get; private set; }

    public bool MoveNext()
    {
        Blank();
        if (_rest.IsEmpty || _rest[0] != (_isFirst ? '{' : ','))
        {
            IsComplete = !_isFirst && !_rest.IsEmpty && _rest[0] == '}' && _rest[1..].Trim((byte)' ').IsEmpty;
            return false;
        }

        _isFirst = false;
        _rest = _rest[1..];
        Blank();
        if (!TryString(out var name))
        {
            return false;
        }

        Blank();
        if (_rest.IsEmpty || _rest[0] != ':')
        {
            return false;
        }

        _rest = _rest[1..];
        Blank();
        Name = name;
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

    private bool TryValue()
    {
        IsString = false;
        if (_rest.IsEmpty)
        {
            return false;
        }

        switch (_rest[0])
        {
            case (byte)'"':
                IsString = TryString(out var text);
                Value = text;
                return IsString;
            case (byte)'{' or (byte)'[':
                return TryNested();
            default:
                var end = _rest.IndexOfAny(", }"u8);
                Value = end < 0 ? _rest : _rest[..end];
                _rest = _rest[Value.Length..];
                return !Value.IsEmpty;
        }
    }

    private bool TryNested()
    {
        var whole = _rest;
        for (var depth = 0; !_rest.IsEmpty;)
        {
            var next = _rest.IndexOfAny("\"{}[]"u8);
            if (next < 0)
            {
                return false;
            }

            _rest = _rest[next..];
            if (_rest[0] == '"')
            {
                if (!TryString(out _))
                {
                    return false;
                }

                continue;
            }

            depth += _rest[0] is (byte)'{' or (byte)'[' ? 1 : -1;
            _rest = _rest[1..];
            if (depth == 0)
            {
                Value = whole[..^_rest.Length];
                return true;
            }
        }

        return false;
    }

    private bool TryString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_rest.IsEmpty || _rest[0] != '"')
        {
            return false;
        }

        for (var at = 1; at <= _rest.Length; at += 2) // past the backslash and what it escapes
        {
            var next = _rest[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return false;
            }

            at += next;
            if (_rest[at] == '"')
            {
                text = _rest[1..at];
                _rest = _rest[(at + 1)..];
                return true;
            }
        }

        return false;
    }

    private void Blank()
    {
        while (!_rest.IsEmpty && (_rest[0] is (byte)' ' or (byte)'\t'))
        {
            _rest = _rest[1..];
        }
    }
}
