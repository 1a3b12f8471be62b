namespace Postern.Firewalls.Learning;

/// <summary>Lines in which a log says that it left lines out: learning from it is incomplete.</summary>
internal static class LossNotice
{
    private const int MaximumLost = 1_000_000_000;

    /// <summary>Whether the line is one, and how many lines it says are missing (0 where it does not say).</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out long lost)
    {
        lost = 0;
        ReadOnlySpan<byte> before =
            Before(line, " callbacks suppressed"u8) // kernel: net_ratelimit: 123 callbacks suppressed
            is { IsEmpty: false } callbacks ? callbacks
            : Before(line, " messages suppressed"u8) is { IsEmpty: false } suppressed ? suppressed // printk
            : Before(line, " messages lost due to rate-limiting"u8) is { IsEmpty: false } limited ? limited // rsyslog's imuxsock and imjournal
            : Before(line, " kernel messages"u8) is { IsEmpty: false } missed && missed.IndexOf("Missed "u8) >= 0 ? missed // journald
            : Before(line, " messages from "u8) is { IsEmpty: false } from && from.IndexOf("Suppressed "u8) >= 0 ? from
            : Before(line, " times"u8) is { IsEmpty: false } times && times.IndexOf("last message repeated "u8) >= 0 ? times
            : [];
        if (before.IsEmpty)
        {
            return false;
        }

        ByteText.TryNumber(before[(before.LastIndexOf((byte)' ') + 1)..], out lost);
        lost = Math.Min(lost, MaximumLost);
        return true;
    }

    private static ReadOnlySpan<byte> Before(ReadOnlySpan<byte> line, ReadOnlySpan<byte> words)
    {
        var at = line.IndexOf(words);
        return at < 0 ? [] : line[..at];
    }
}
