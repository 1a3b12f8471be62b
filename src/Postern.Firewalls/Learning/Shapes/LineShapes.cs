using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Shapes;

/// <summary>
/// The shapes of the last lines. They make of a line what its reader would: they are learnt from lines that it took apart, they are for
/// lines alone that differ in nothing that decides what a line is, and where a value is not what it should be the reader is asked.
/// </summary>
internal sealed class LineShapes(LogNames names, LogTime time)
{
    private const int MaximumShapes = 8;
    private const int MaximumMoment = 48; // "2026-11-26T04:36:25.123456789+01:00" has 35 signs

    // Learning must have been of use before it goes on: in some logs no line is like another.
    private const int CostOfLearning = 16;
    private const int LeastCredit = 4 * CostOfLearning; // at the beginning of a block
    private const int MostCredit = 512;

    private readonly LineShape?[] _shapes = new LineShape?[MaximumShapes];
    private readonly (int Start, int End)[] _found = new (int, int)[LineShape.MaximumValues];
    private readonly byte[] _moment = new byte[MaximumMoment];
    private int _momentLength = -1;
    private long _momentAt;
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

    /// <summary>In one pass: what is between the values must be the same, and each value be what it should.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryRead(LineShape shape, ReadOnlySpan<byte> line, ref Sighting sighting)
    {
        var text = shape.Text;
        var parts = shape.Parts;
        var tail = text[shape.Tail..];
        if (line.Length < tail.Length || !LineBytes.AreSame(line[^tail.Length..], tail)) // most often it is the end that differs
        {
            return false;
        }

        var (read, at) = (shape.Sighting, 0);
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            if (line.Length - at < part.Length || !LineBytes.AreSame(line.Slice(at, part.Length), text.Slice(part.Start, part.Length)))
            {
                return false;
            }

            at += part.Length;
            var end = TakeQuickly(part, line, at, ref read);
            end = end < 0 ? Take(part, line, at, ref read) : end;
            if (end < 0)
            {
                return false;
            }

            _found[i] = (at, end);
            at = end;
        }

        if (line.Length - at != tail.Length)
        {
            return false;
        }

        for (var i = 0; shape.DoNamesVary && i < parts.Length; i++)
        {
            TakeName(parts[i].Field, line[_found[i].Start.._found[i].End], ref read);
        }

        sighting = read;
        return true;
    }

    /// <summary>An address of IPv4 or a port is read and its end found at once. Answers where it ends, -1 where more thought is needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TakeQuickly(in ShapePart part, ReadOnlySpan<byte> line, int start, ref Sighting sighting)
    {
        int length;
        switch (part.Field)
        {
            case ShapeField.Source when DottedQuad.TryReadFront(line[start..], out var address, out length):
                sighting.Source = address;
                break;
            case ShapeField.Destination when DottedQuad.TryReadFront(line[start..], out var address, out length):
                sighting.Destination = address;
                break;
            case ShapeField.SourcePort when ByteText.TryPortFront(line[start..], out sighting.SourcePort, out length):
            case ShapeField.DestinationPort when ByteText.TryPortFront(line[start..], out sighting.DestinationPort, out length):
                return IsEnd(line[start + length], part.Ends) ? start + length : -1;
            default:
                return -1;
        }

        return sighting.Version == IpVersion.V4 && IsEnd(line[start + length], part.Ends) ? start + length : -1;
    }

    /// <summary>Answers where it ends, -1 where it is not what it should be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Take(in ShapePart part, ReadOnlySpan<byte> line, int start, ref Sighting sighting)
    {
        var length = Length(line[start..], part.Ends);
        return length >= 0 && TryTake(part.Field, line, start, start + length, ref sighting) ? start + length : -1;
    }

    /// <summary>Whether a value that holds no such sign itself ends here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsEnd(byte next, ShapeEnd ends) =>
        ends == ShapeEnd.Word ? next == ' ' : ends == ShapeEnd.String ? next == '"' : next is (byte)',' or (byte)' ' or (byte)'}';

    /// <summary>How long the value is that begins here; -1 for none of its kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Length(ReadOnlySpan<byte> rest, ShapeEnd ends)
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
                Read(value, out sighting.At);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Many lines are of one moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Read(ReadOnlySpan<byte> moment, out long at)
    {
        if (moment.Length != _momentLength || !LineBytes.AreSame(moment, _moment.AsSpan(0, _momentLength)))
        {
            time.Read(moment, out _momentAt);
            _momentLength = moment.Length <= _moment.Length ? moment.Length : -1;
            moment[..Math.Max(0, _momentLength)].CopyTo(_moment);
        }

        at = _momentAt;
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
