using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning.Shapes;

/// <summary>
/// The shapes of the last lines. They make of a line what its reader would: they are learnt from lines that it took apart, they are for
/// lines alone that differ in nothing that decides what a line is, and where a value is not what it should be the reader is asked.
/// </summary>
internal sealed class LineShapes(LogNames names, LogTime time)
{
    private const int MaximumShapes = 8;

    // Learning must have been of use before it goes on: in some logs no line is like another.
    private const int CostOfLearning = 16;
    private const int LeastCredit = 4 * CostOfLearning; // at the beginning of a block
    private const int MostCredit = 512;

    private readonly LineShape?[] _shapes = new LineShape?[MaximumShapes];
    private readonly (int Start, int End)[] _found = new (int, int)[LineShape.MaximumValues];
    private int _last;
    private int _next;
    private int _credit = MostCredit;
    private int _age;

    /// <summary>Reads a line of a known shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        for (var i = 0; i < MaximumShapes; i++)
        {
            var number = (_last + i) % MaximumShapes;
            if (_shapes[number] is { } shape && shape.Age == names.Age && TryRead(shape, line, ref sighting))
            {
                (kind, _last) = (shape.Kind, number);
                _credit = Math.Min(_credit + 1, MostCredit);
                return true;
            }
        }

        kind = default;
        return false;
    }

    /// <summary>Whether what the reader makes of a line without a known shape is to be learnt.</summary>
    public bool WantsToLearn()
    {
        if (_age != names.Age)
        {
            (_age, _credit) = (names.Age, Math.Max(_credit, LeastCredit));
        }

        return _credit >= CostOfLearning;
    }

    /// <summary>Learns from what the reader made of a line.</summary>
    public void Learn(ReadOnlySpan<byte> line, ReadOnlySpan<ShapeValue> values, in Sighting sighting, LineKind kind)
    {
        _credit -= CostOfLearning;
        if (kind is not (LineKind.Flow or LineKind.Reply) || values.Length > LineShape.MaximumValues || IsAnyTwice(values))
        {
            return;
        }

        var at = 0;
        while (at < MaximumShapes && !(_shapes[at] is { } known && known.Kind == kind && known.TryWiden(line, values)))
        {
            at++;
        }

        if (at == MaximumShapes)
        {
            at = _next;
            _next = (_next + 1) % MaximumShapes;
            _shapes[at] = new(line, values);
        }

        var shape = _shapes[at]!;
        (shape.Sighting, shape.Kind, shape.Age, _last) = (sighting, kind, names.Age, at);
    }

    private bool TryRead(LineShape shape, ReadOnlySpan<byte> line, ref Sighting sighting)
    {
        if (!shape.TryMatch(line, _found))
        {
            return false;
        }

        var read = shape.Sighting;
        for (var i = 0; i < shape.Varying; i++)
        {
            var (start, end) = _found[i];
            if (!TryTake(shape.Field(i), line, start, end, ref read))
            {
                return false;
            }
        }

        for (var i = 0; shape.DoNamesVary && i < shape.Varying; i++)
        {
            var (start, end) = _found[i];
            TakeName(shape.Field(i), line[start..end], ref read);
        }

        sighting = read;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryTake(ShapeField field, ReadOnlySpan<byte> line, int start, int end, ref Sighting sighting)
    {
        var value = line[start..end];
        switch (field)
        {
            case ShapeField.Source:
                return ByteText.TryAddress(value, out var version, out sighting.Source) && version == sighting.Version;
            case ShapeField.Destination:
                return ByteText.TryAddress(value, out version, out sighting.Destination) && version == sighting.Version;
            case ShapeField.SourcePort:
                return ByteText.TryPort(line, start, end, out sighting.SourcePort);
            case ShapeField.DestinationPort:
                return ByteText.TryPort(line, start, end, out sighting.DestinationPort);
            case ShapeField.Moment:
                time.Read(value, out sighting.At);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Once all else is known to be right: names are numbered in the order in which they are read.</summary>
    private void TakeName(ShapeField field, ReadOnlySpan<byte> value, ref Sighting sighting)
    {
        switch (field)
        {
            case ShapeField.In:
                sighting.In = names.Of(value, sighting.In);
                break;
            case ShapeField.Out:
                sighting.Out = names.Of(value, sighting.Out);
                break;
            case ShapeField.Prefix:
                sighting.Prefix = names.Of(value.Trim((byte)' '), sighting.Prefix);
                sighting.Passed = names[sighting.Prefix].Passed;
                break;
        }
    }

    private static bool IsAnyTwice(ReadOnlySpan<ShapeValue> values)
    {
        var seen = 0;
        foreach (var value in values)
        {
            var bit = value.Field is ShapeField.Free or ShapeField.Fixed ? 0 : 1 << (int)value.Field;
            if ((seen & bit) != 0)
            {
                return true;
            }

            seen |= bit;
        }

        return false;
    }
}
