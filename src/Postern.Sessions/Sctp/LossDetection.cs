using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// RACK (RFC 8985 §6), its sequence numbers read as TSNs: a chunk is lost when one that was sent later has arrived and a
/// reordering window has passed. Only the heads of the lists in order of sending are looked at.
/// </summary>
internal sealed class LossDetection(AssociationContext context, Outstanding outstanding)
{
    private const int DuplicateThreshold = 3;    // RFC 8985 §6.2: DupThresh
    private const int GapsPerhapsCut = 20;       // Chromium tells of no more gaps than these
    private const int PersistedRecoveries = 16;  // RFC 8985 §6.2 step 4: reo_wnd_persist

    private long _newestSentAt = -1;
    private long _newestTsn = -1;
    private TimeSpan _roundTrip;
    private bool _sawReordering;
    private int _windowFactor = 1;
    private int _persist = PersistedRecoveries;
    private Instant _duplicateRoundEnd;
    private TimeSpan _oldPathAllowance;

    /// <summary>Where the peer's list of gaps ends if it may have been cut off: what it says nothing of is not known to be lost.</summary>
    public long SilentBeyond { get; private set; } = long.MaxValue;

    /// <summary>When a chunk at the head becomes lost unless it is acknowledged before.</summary>
    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>A SACK told of this many gaps, the last block ending here.</summary>
    public void OnGaps(int count, long lastEnd) => SilentBeyond = count >= GapsPerhapsCut ? lastEnd : long.MaxValue;

    public void OnAcknowledged(in Acknowledgement news, Instant now)
    {
        _sawReordering |= news.SawReordering;
        if (news.NewestSentAt < _newestSentAt || (news.NewestSentAt == _newestSentAt && news.NewestTsn <= _newestTsn))
        {
            return;
        }

        var roundTrip = now - new Instant(news.NewestSentAt);
        if (news.NewestWasRetransmitted && roundTrip < context.Rtt.Minimum && context.Rtt.IsMeasured)
        {
            return; // it acknowledges an earlier transmission (RFC 8985 §6.2 step 2)
        }

        _newestSentAt = news.NewestSentAt;
        _newestTsn = news.NewestTsn;
        _roundTrip = roundTrip;
    }

    /// <summary>The peer got a chunk twice: we were too quick (RFC 8985 §6.2 step 4, with duplicate TSNs for DSACK).</summary>
    public void OnDuplicate(Instant now)
    {
        if (now >= _duplicateRoundEnd)
        {
            _duplicateRoundEnd = now + context.Rtt.Smoothed;
            _windowFactor = Math.Min(_windowFactor + 1, 16);
            _persist = PersistedRecoveries;
            _sawReordering = true;
        }
    }

    public void OnRecovery()
    {
        if (--_persist <= 0)
        {
            _windowFactor = 1;
            _persist = PersistedRecoveries;
        }
    }

    /// <summary>The chunks in flight took the old path: they may still come, as late as its timeout says.</summary>
    public void ChangePath()
    {
        _oldPathAllowance = context.Rtt.PlainRto;
        _newestSentAt = -1;
        _newestTsn = -1;
    }

    /// <summary>The next chunk that is lost by now; false when there is none, and <see cref="NextDeadline"/> is set.</summary>
    public bool TryDetect(bool inRecovery, Instant now, out long tsn)
    {
        NextDeadline = Instant.Never;
        tsn = outstanding.FirstSentOnce;
        if (tsn >= 0 && IsLost(tsn, inRecovery, now))
        {
            return true;
        }

        tsn = outstanding.FirstSentAgain;
        return tsn >= 0 && IsLost(tsn, inRecovery, now);
    }

    private bool IsLost(long tsn, bool inRecovery, Instant now)
    {
        ref var chunk = ref outstanding[tsn];
        if (chunk.SentAt > _newestSentAt || (chunk.SentAt == _newestSentAt && tsn >= _newestTsn))
        {
            return false;
        }

        var patience = chunk.Path == outstanding.Path ? _roundTrip + ReorderingWindow(inRecovery) : Longer(_roundTrip, _oldPathAllowance);
        var lostAt = new Instant(chunk.SentAt) + patience;
        if (lostAt <= now)
        {
            return true;
        }

        NextDeadline = Instant.Min(NextDeadline, lostAt);
        return false;
    }

    /// <summary>RFC 8985 §6.2 step 4.</summary>
    private TimeSpan ReorderingWindow(bool inRecovery)
    {
        if (!_sawReordering && (inRecovery || outstanding.AcknowledgedBeyondGap >= DuplicateThreshold))
        {
            return TimeSpan.Zero;
        }

        var minimum = context.Rtt.IsMeasured ? context.Rtt.Minimum : context.Rtt.Smoothed;
        var window = minimum * _windowFactor / 4;
        return window < context.Rtt.Smoothed ? window : context.Rtt.Smoothed;
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
