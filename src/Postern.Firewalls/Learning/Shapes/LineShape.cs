using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning.Shapes;

/// <summary>
/// What lines have in common that a rule of a firewall writes: all but some values. A line of a known shape is read by comparing what
/// stands between these values as a whole, instead of taking it apart word by word.
/// </summary>
internal sealed class LineShape
{
    /// <summary>Lines with more values have no shape.</summary>
    public const int MaximumValues = 64;

    private readonly ShapeValue[] _values;
    private readonly bool[] _varies;
    private byte[] _text;
    private (int Start, int Length, int Value)[] _parts = [];
    private int _tail;

    /// <param name="text">A line.</param>
    /// <param name="values">Its values, in their order.</param>
    public LineShape(ReadOnlySpan<byte> text, ReadOnlySpan<ShapeValue> values)
    {
        (_text, _values, _varies) = (text.ToArray(), values.ToArray(), new bool[values.Length]);
        Divide();
    }

    /// <summary>What its last line said that was read word by word.</summary>
    public Sighting Sighting;

    public LineKind Kind { get; set; }

    /// <summary>When the names were numbered that the sighting uses: see <see cref="LogNames.Age"/>.</summary>
    public int Age { get; set; }

    /// <summary>How many values differ between its lines.</summary>
    public int Varying => _parts.Length;

    /// <summary>Whether names are among them.</summary>
    public bool DoNamesVary { get; private set; }

    public ShapeField Field(int varying) => _values[_parts[varying].Value].Field;

    /// <summary>Finds the values that differ; false where the line is of another shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryMatch(ReadOnlySpan<byte> line, Span<(int Start, int End)> found)
    {
        var (text, at) = (_text, 0);
        var tail = text.Length - _tail;
        if (line.Length < tail || !LineBytes.AreSame(line[^tail..], text.AsSpan(_tail))) // most often it is the end that differs
        {
            return false;
        }

        for (var i = 0; i < _parts.Length; i++)
        {
            var (start, length, value) = _parts[i];
            if (line.Length - at < length || !LineBytes.AreSame(line.Slice(at, length), text.AsSpan(start, length)))
            {
                return false;
            }

            at += length;
            var end = End(line[at..], _values[value].Ends);
            if (end < 0)
            {
                return false;
            }

            found[i] = (at, at + end);
            at += end;
        }

        return line.Length - at == tail;
    }

    /// <summary>Takes in another line that differs in values alone, which from now on may differ; false where it differs in more.</summary>
    public bool TryWiden(ReadOnlySpan<byte> text, ReadOnlySpan<ShapeValue> values)
    {
        if (!IsAlike(text, values))
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            _varies[i] |= !Text(text, values[i]).SequenceEqual(Text(_text, _values[i]));
        }

        _text = text.ToArray();
        values.CopyTo(_values);
        Divide();
        return true;
    }

    private bool IsAlike(ReadOnlySpan<byte> text, ReadOnlySpan<ShapeValue> values)
    {
        var (mine, other) = (0, 0);
        for (var i = 0; i < values.Length && values.Length == _values.Length; i++)
        {
            var isAlike = values[i].Field == _values[i].Field && values[i].Ends == _values[i].Ends
                && text[other..values[i].Start].SequenceEqual(_text.AsSpan(mine.._values[i].Start))
                && (values[i].Field != ShapeField.Fixed || Text(text, values[i]).SequenceEqual(Text(_text, _values[i])));
            if (!isAlike)
            {
                return false;
            }

            (mine, other) = (_values[i].End, values[i].End);
        }

        return values.Length == _values.Length && text[other..].SequenceEqual(_text.AsSpan(mine));
    }

    private void Divide()
    {
        var parts = new List<(int, int, int)>();
        _tail = 0;
        for (var i = 0; i < _values.Length; i++)
        {
            if (_varies[i])
            {
                parts.Add((_tail, _values[i].Start - _tail, i));
                _tail = _values[i].End;
            }
        }

        _parts = [.. parts];
        DoNamesVary = Enumerable.Range(0, Varying).Any(i => Field(i) is ShapeField.In or ShapeField.Out or ShapeField.Prefix);
    }

    /// <summary>How long the value is that begins here; -1 for none of its kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int End(ReadOnlySpan<byte> rest, ShapeEnd ends)
    {
        switch (ends)
        {
            case ShapeEnd.Word:
                var blank = LineBytes.IndexOf(rest, (byte)' ');
                return blank < 0 ? rest.Length : blank;
            case ShapeEnd.String:
                var quote = LineBytes.IndexOfEither(rest, (byte)'"', (byte)'\\');
                return quote >= 0 && rest[quote] == '"' ? quote : -1;
            default:
                var end = 0;
                while (end < rest.Length && rest[end] is not ((byte)',' or (byte)' ' or (byte)'}'))
                {
                    end++;
                }

                return end > 0 && rest[0] is not (<= (byte)' ' or (byte)'"' or (byte)'{' or (byte)'[') ? end : -1;
        }
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> line, ShapeValue value) => line[value.Start..value.End];
}
