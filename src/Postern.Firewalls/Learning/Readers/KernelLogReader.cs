using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>
/// Lines of iptables' LOG and nftables' <c>log</c> (so also of Shorewall and ufw) as dmesg, syslog or <c>journalctl -k</c> show them,
/// and those of ulogd's LOGEMU.
/// </summary>
internal sealed class KernelLogReader(LogNames names, LogTime time) : ILineReader
{
    private const int SurelySeconds = 11; // digits: fewer than the year 9999 has
    private const int LongestPrefix = 128; // nftables: NF_LOG_PREFIXLEN; longer is not kept

    private static ReadOnlySpan<byte> FieldsBegin => "IN="u8;

    private readonly PacketFields _fields = new(names, time);
    private byte[] _program = []; // host and program as they stood in the last line
    private byte[] _prefix = []; // what stood behind its uptime, with the "IN=" of the fields

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Foreign;
        if (line[0] == '{')
        {
            return false; // JSON quotes such a line
        }

        if (TryReadAlike(line, ref sighting, out kind))
        {
            return true;
        }

        var at = PacketFields.Find(line);
        if (at < 0)
        {
            kind = LineKind.Cut; // "…IN=eth0 OU" and "…TTL=64 PROTO=UDP SPT=1": one end of a line is missing
            return line.IndexOf(" kernel: "u8) >= 0 && line.IndexOf(" SRC="u8) >= 0;
        }

        var begin = time.Read(line[..at], out sighting.At);
        var isSyslog = begin > 0 && line[0] != '[';
        var known = begin + _program.Length;
        if (isSyslog && _program.Length > 0 && known <= at && LineBytes.AreSame(line[begin..known], _program))
        {
            (begin, isSyslog) = (known, false);
        }

        var uptime = isSyslog ? 0 : Uptime(line[begin..]);
        uptime = begin + uptime > at ? 0 : uptime; // the fields begin within the brackets
        var head = line[(begin + uptime)..at];
        var isOurs = uptime > 0 || TryHead(ref head, isSyslog);
        kind = isOurs ? _fields.Read(head, line[at..], ref sighting) : LineKind.Foreign;
        if (isOurs)
        {
            var isUsual = uptime > 0 && at - begin - uptime < LongestPrefix;
            KeepPrefix(isUsual ? line[(begin + uptime)..(at + FieldsBegin.Length)] : []);
        }

        return true;
    }

    /// <summary>
    /// Reads a line whose beginning differs from the last one's in moment and uptime alone, and whose fields have a known shape: the
    /// fields begin where they began there, and nobody needs to look for them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadAlike(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = default;
        if (_prefix.Length == 0 || _program.Length == 0 || line[0] == '[')
        {
            return false;
        }

        var begin = time.Read(line, out var moment);
        var known = begin + _program.Length;
        if (begin == 0 || known > line.Length || !LineBytes.AreSame(line[begin..known], _program))
        {
            return false;
        }

        var uptime = Uptime(line[known..], isPlain: true);
        var at = known + uptime + _prefix.Length - FieldsBegin.Length;
        if (uptime == 0 || line.Length < at + FieldsBegin.Length || !LineBytes.AreSame(line.Slice(known + uptime, _prefix.Length), _prefix))
        {
            return false;
        }

        return _fields.TryReadAlike(line[at..], moment, ref sighting, out kind);
    }

    private void KeepPrefix(ReadOnlySpan<byte> prefix)
    {
        if (!prefix.SequenceEqual(_prefix))
        {
            _prefix = prefix.ToArray();
        }
    }

    /// <summary>
    /// Leaves the rule's own prefix. Behind a moment stand the host and, but for LOGEMU, the program: what another program than the
    /// kernel or ulogd writes may be the words of anybody who talks to it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryHead(ref ReadOnlySpan<byte> head, bool isSyslog)
    {
        if (isSyslog)
        {
            var all = head;
            SkipWord(ref head);
            var rest = head;
            var program = SkipWord(ref rest);
            if (program.EndsWith(":"u8))
            {
                var name = program[..^1];
                var bracket = name.IndexOf((byte)'[');
                var hasId = bracket > 0 && name[^1] == ']' && ByteText.TryNumber(name[(bracket + 1)..^1], out _);
                name = hasId ? name[..bracket] : name;
                if (name.SequenceEqual("kernel"u8) || name.SequenceEqual("ulogd"u8))
                {
                    head = rest;
                    _program = all[..^rest.Length].SequenceEqual(_program) ? _program : all[..^rest.Length].ToArray();
                }
                else if (hasId)
                {
                    return false;
                }
            }
        }

        SkipUptime(ref head);
        return true;
    }

    private static ReadOnlySpan<byte> SkipWord(ref ReadOnlySpan<byte> text)
    {
        SkipBlanks(ref text);
        var end = text.IndexOf((byte)' ');
        var word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        SkipBlanks(ref text);
        return word;
    }

    private static void SkipBlanks(ref ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && text[0] == ' ')
        {
            text = text[1..];
        }
    }

    /// <summary>"[ 1234.567890] " and dmesg -T's "[Thu Nov 26 04:36:25 2026] ", but not "[UFW BLOCK] ".</summary>
    private static void SkipUptime(ref ReadOnlySpan<byte> head)
    {
        var text = head.TrimStart((byte)' ');
        if (text.IsEmpty || text[0] != '[')
        {
            return;
        }

        var end = text.IndexOf((byte)']');
        if (end > 1 && (LogTime.TrySeconds(text[1..end].TrimStart((byte)' '), out _) || (end == 25 && text[end - 5] == ' ' && text[end - 8] == ':')))
        {
            head = text[(end + 1)..];
        }
    }

    /// <summary>How long "[ 1234.567890]" is where it is of the usual kind: blanks, few digits, a point and the bracket. 0 for all else.</summary>
    /// <param name="text">What begins with it.</param>
    /// <param name="isPlain">Whether nothing but digits may stand behind the point.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Uptime(ReadOnlySpan<byte> text, bool isPlain = false)
    {
        if (text.Length <= Vector256<byte>.Count || text[0] != '[')
        {
            return 0;
        }

        var some = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(text), 1);
        var figures = some - Vector256.Create((byte)'0');
        var areDigits = Vector256.Equals(Vector256.Min(figures, Vector256.Create((byte)9)), figures).ExtractMostSignificantBits();
        var blanks = BitOperations.TrailingZeroCount(~Vector256.Equals(some, Vector256.Create((byte)' ')).ExtractMostSignificantBits());
        var digits = BitOperations.TrailingZeroCount(~(areDigits >> blanks));
        var point = blanks + digits;
        var bracket = BitOperations.TrailingZeroCount(Vector256.Equals(some, Vector256.Create((byte)']')).ExtractMostSignificantBits());
        var isUptime = digits is > 0 and <= SurelySeconds && bracket < Vector256<byte>.Count && point < bracket && text[1 + point] == '.';
        var isAlways = !isPlain || (areDigits | ~(uint.MaxValue << (point + 1)) | (uint.MaxValue << bracket)) == uint.MaxValue;
        return isUptime && isAlways ? bracket + 2 : 0;
    }
}
