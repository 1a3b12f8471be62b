using System.Buffers;
using System.Text.Unicode;

namespace Postern.Protocol.Switching.Frames;

/// <summary>
/// Whether bytes are one JSON object (RFC 8259) within <see cref="FrameLimits"/>, found without allocating, throwing or
/// recursing: what a stranger sends is refused before a serializer sees it.
/// </summary>
internal ref struct JsonScan
{
    // RFC 8259 §7: a text ends at its quotation mark; a control character inside it is an error
    private static readonly SearchValues<byte> Stops = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private int _depth;
    private uint _objects; // bit d: level d is an object

    private JsonScan(ReadOnlySpan<byte> json) => _json = json;

    public static FrameError Check(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > FrameLimits.FrameBytes)
        {
            return FrameError.TooLarge;
        }

        return Utf8.IsValid(frame) ? new JsonScan(frame).Walk() : FrameError.NotText;
    }

    private FrameError Walk()
    {
        if (Peek() != '{')
        {
            return FrameError.NotJson;
        }

        var values = 0;
        do
        {
            if (++values > FrameLimits.Values)
            {
                return FrameError.TooManyValues;
            }

            var error = Value();
            if (error != FrameError.None)
            {
                return error;
            }
        }
        while (_depth > 0);
        return Peek() == 0 && _at == _json.Length ? FrameError.None : FrameError.NotJson;
    }

    /// <summary>One scalar, or the opening of an object or array, then everything up to the next value: closings, comma, member name.</summary>
    private FrameError Value()
    {
        switch (Peek())
        {
            case '{' or '[':
                return Open();
            case '"':
                var error = Text();
                return error == FrameError.None ? AfterValue() : error;
            case 't':
                return Literal("true"u8);
            case 'f':
                return Literal("false"u8);
            case 'n':
                return Literal("null"u8);
            default:
                return Number() ? AfterValue() : FrameError.NotJson;
        }
    }

    private FrameError Open()
    {
        if (_depth == FrameLimits.Depth)
        {
            return FrameError.TooDeep;
        }

        var isObject = _json[_at++] == '{';
        _depth++;
        _objects = isObject ? _objects | (1u << _depth) : _objects & ~(1u << _depth);
        if (Peek() == (isObject ? '}' : ']'))
        {
            return AfterValue();
        }

        return isObject ? MemberName() : FrameError.None;
    }

    private FrameError AfterValue()
    {
        while (_depth > 0)
        {
            var isObject = (_objects & (1u << _depth)) != 0;
            var next = Peek();
            if (next == ',')
            {
                _at++;
                return isObject ? MemberName() : FrameError.None;
            }

            if (next != (isObject ? '}' : ']'))
            {
                return FrameError.NotJson;
            }

            _at++;
            _depth--;
        }

        return FrameError.None;
    }

    private FrameError MemberName()
    {
        if (Peek() != '"')
        {
            return FrameError.NotJson;
        }

        var error = Text();
        if (error != FrameError.None || Peek() != ':')
        {
            return error == FrameError.None ? FrameError.NotJson : error;
        }

        _at++;
        return FrameError.None;
    }

    private FrameError Text()
    {
        var start = ++_at;
        while (true)
        {
            var stop = _json[_at..].IndexOfAny(Stops);
            if (stop < 0)
            {
                return FrameError.NotJson;
            }

            _at += stop;
            if (_json[_at] == '"')
            {
                return _at++ - start > FrameLimits.TextBytes ? FrameError.TextTooLong : FrameError.None;
            }

            if (_json[_at] != '\\' || !Escape())
            {
                return FrameError.NotJson;
            }
        }
    }

    private bool Escape()
    {
        _at++;
        if (_at == _json.Length)
        {
            return false;
        }

        if (_json[_at++] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(_json[_at - 1]);
        }

        for (var end = _at + 4; _at < end; _at++)
        {
            if (_at >= _json.Length || !char.IsAsciiHexDigit((char)_json[_at]))
            {
                return false;
            }
        }

        return true;
    }

    private FrameError Literal(ReadOnlySpan<byte> word)
    {
        if (!_json[_at..].StartsWith(word))
        {
            return FrameError.NotJson;
        }

        _at += word.Length;
        return AfterValue();
    }

    // RFC 8259 §6: [ minus ] int [ frac ] [ exp ]
    private bool Number()
    {
        Skip('-');
        if (!Skip('0') && !Digits())
        {
            return false;
        }

        if (Skip('.') && !Digits())
        {
            return false;
        }

        if (!Skip('e') && !Skip('E'))
        {
            return true;
        }

        _ = Skip('+') || Skip('-');
        return Digits();
    }

    private bool Digits()
    {
        var start = _at;
        while (_at < _json.Length && char.IsAsciiDigit((char)_json[_at]))
        {
            _at++;
        }

        return _at > start;
    }

    private bool Skip(char wanted)
    {
        if (_at == _json.Length || _json[_at] != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>The next byte that is not white space; 0 at the end.</summary>
    private char Peek()
    {
        while (_at < _json.Length && _json[_at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            _at++;
        }

        return _at < _json.Length ? (char)_json[_at] : '\0';
    }
}
