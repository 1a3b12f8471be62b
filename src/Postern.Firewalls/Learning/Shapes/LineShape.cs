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
    private ShapePart[] _parts = [];

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

    /// <summary>Its last line.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>What its lines have in common, value by value.</summary>
    public ReadOnlySpan<ShapePart> Parts => _parts;

    /// <summary>Where in the text begins what all of them end with.</summary>
    public int Tail { get; private set; }

    /// <summary>Whether names are among the values that differ.</summary>
    public bool DoNamesVary { get; private set; }

    /// <summary>Takes in another line that differs in values alone, which from now on may differ; false where it differs in more.</summary>
    public bool TryWiden(ReadOnlySpan<byte> text, ReadOnlySpan<ShapeValue> values)
    {
        if (!IsAlike(text, values))
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            _varies[i] |= !Of(text, values[i]).SequenceEqual(Of(_text, _values[i]));
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
                && (values[i].Field != ShapeField.Fixed || Of(text, values[i]).SequenceEqual(Of(_text, _values[i])));
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
        var parts = new List<ShapePart>();
        Tail = 0;
        for (var i = 0; i < _values.Length; i++)
        {
            if (_varies[i])
            {
                parts.Add(new(Tail, _values[i].Start - Tail, _values[i].Field, _values[i].Ends));
                Tail = _values[i].End;
            }
        }

        _parts = [.. parts];
        DoNamesVary = parts.Exists(part => part.IsName);
    }

    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, ShapeValue value) => line[value.Start..value.End];
}
