using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Reads the moments of logs as milliseconds since 1970. Syslog leaves out the year: it is the last one in which the moment was not
/// after <paramref name="now"/>. The kernel's "[ 1234.567890]" counts from the start of the system and stays so.
/// </summary>
/// <param name="now">When the log is read.</param>
public sealed class LogTime(DateTimeOffset now)
{
    /// <summary>The last moment of the year 9999, in milliseconds.</summary>
    public const long Latest = 253_402_300_799_999;

    private const long Year = 365L * 24 * 3600 * 1000;
    private const int SyslogLength = 15; // "Nov 26 04:36:25"
    private const int IsoLength = 19; // "2026-11-26T04:36:25"

    private readonly byte[] _last = new byte[IsoLength];
    private int _lastLength;
    private long _lastAt;

    /// <summary>Whether the number is a date, rather than a time since the start of the system.</summary>
    public static bool IsCalendar(long at) => at >= Year;

    /// <summary>Reads a moment at the beginning of the line, in any of the forms; answers how many bytes it takes, 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ReadOnlySpan<byte> line, out long at)
    {
        at = Sighting.NoTime;
        if (line.Length < SyslogLength)
        {
            return 0;
        }

        if (line[0] == '[')
        {
            return ReadBracket(line, out at);
        }

        return line[0] is >= (byte)'0' and <= (byte)'9' ? ReadIso(line, out at) : ReadSyslog(line, out at);
    }

    /// <summary>"[ 1234.567890]", from the start of the system or, as conntrack writes it, from 1970.</summary>
    private static int ReadBracket(ReadOnlySpan<byte> line, out long at)
    {
        at = Sighting.NoTime;
        var end = line[..Math.Min(line.Length, 32)].IndexOf((byte)']');
        if (end < 0)
        {
            return 0;
        }

        var text = line[1..end].TrimStart((byte)' ');
        return TrySeconds(text, out at) ? end + 1 : 0;
    }

    /// <summary>"1234.567890" seconds as milliseconds.</summary>
    public static bool TrySeconds(ReadOnlySpan<byte> text, out long at)
    {
        at = Sighting.NoTime;
        var dot = text.IndexOf((byte)'.');
        if (!ByteText.TryNumber(dot < 0 ? text : text[..dot], out var seconds) || seconds > 253_402_300_799) // the year 9999
        {
            return false;
        }

        at = (seconds * 1000) + (dot < 0 ? 0 : Milliseconds(text[(dot + 1)..]));
        return true;
    }

    /// <summary>"2026-11-26T04:36:25.123456+01:00" and its variants with a blank, without zone (UTC is meant then) or fraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadIso(ReadOnlySpan<byte> line, out long at)
    {
        at = Sighting.NoTime;
        if (line.Length < IsoLength || line[4] != '-' || line[10] is not ((byte)'T' or (byte)' '))
        {
            return 0;
        }

        if (!IsLast(line[..IsoLength]))
        {
            var isRead = Two(line, 0, out var century) & Two(line, 2, out var year) & Two(line, 5, out var month) & Two(line, 8, out var day)
                & TryClock(line[11..], out var clock);
            if (!isRead || !TryDate((century * 100) + year, month, day, out var date))
            {
                return 0;
            }

            Keep(line[..IsoLength], date + clock);
        }

        at = _lastAt;
        return IsoLength + Fraction(line[IsoLength..], ref at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadSyslog(ReadOnlySpan<byte> line, out long at)
    {
        at = Sighting.NoTime;
        if (line[3] != ' ' || line[6] != ' ')
        {
            return 0;
        }

        if (!IsLast(line[..SyslogLength]))
        {
            var month = ("JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(line[..3]) / 3) + 1;
            var isDay = ByteText.TryNumber(line[4..6].TrimStart((byte)' '), out var day);
            if (!"JanFebMarAprMayJunJulAugSepOctNovDec"u8[((month - 1) * 3)..].StartsWith(line[..3]) || !isDay || !TryClock(line[7..], out var clock))
            {
                return 0;
            }

            if (!TryDateOfNoYear(month, (int)day, clock, out var date))
            {
                return 0;
            }

            Keep(line[..SyslogLength], date);
        }

        at = _lastAt;
        return SyslogLength;
    }

    private bool TryDateOfNoYear(int month, int day, long clock, out long at)
    {
        var slack = now.AddDays(1).ToUnixTimeMilliseconds(); // clocks differ, and so do zones
        at = 0;
        for (var year = now.Year + 1; year >= now.Year - 4; year--) // 29 February comes every fourth year
        {
            if (TryDate(year, month, day, out at) && (at += clock) <= slack)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryDate(int year, int month, int day, out long at)
    {
        at = 0;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        at = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return true;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || !Two(text, 0, out var hour) || !Two(text, 3, out var minute) || !Two(text, 6, out var second))
        {
            return false;
        }

        milliseconds = ((hour * 3600L) + (minute * 60) + second) * 1000;
        return hour < 24 && minute < 60 && second <= 60;
    }

    /// <summary>".123456" and "Z" or "+01:00" behind the seconds; answers how many bytes they take.</summary>
    private static int Fraction(ReadOnlySpan<byte> text, ref long at)
    {
        var length = 0;
        if (text.Length > 1 && text[0] is (byte)'.' or (byte)',')
        {
            length = 1 + Digits(text[1..]);
            at += Milliseconds(text[1..length]);
        }

        text = text[length..];
        if (!text.IsEmpty && text[0] == 'Z')
        {
            return length + 1;
        }

        var isZone = text.Length >= 5 && text[0] is (byte)'+' or (byte)'-';
        var minutesAt = isZone && text[3] == ':' ? 4 : 3;
        if (!isZone || text.Length < minutesAt + 2 || !Two(text, 1, out var hours) || !Two(text, minutesAt, out var minutes))
        {
            return length;
        }

        var offset = ((hours * 60L) + minutes) * 60_000;
        at -= text[0] == '+' ? offset : -offset;
        return length + minutesAt + 2;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    private static int Milliseconds(ReadOnlySpan<byte> fraction)
    {
        var value = 0;
        for (var i = 0; i < 3; i++)
        {
            value = (value * 10) + (i < fraction.Length && fraction[i] is >= (byte)'0' and <= (byte)'9' ? fraction[i] - '0' : 0);
        }

        return value;
    }

    private static bool Two(ReadOnlySpan<byte> text, int at, out int value)
    {
        var (tens, ones) = (text[at] - '0', text[at + 1] - '0');
        value = (tens * 10) + ones;
        return (uint)tens <= 9 && (uint)ones <= 9;
    }

    private bool IsLast(ReadOnlySpan<byte> text) => text.SequenceEqual(_last.AsSpan(0, _lastLength));

    private void Keep(ReadOnlySpan<byte> text, long at)
    {
        text.CopyTo(_last);
        (_lastLength, _lastAt) = (text.Length, at);
    }
}
