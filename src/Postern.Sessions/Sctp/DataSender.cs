using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>The sending half: takes messages, has them written, and learns from SACKs and timers what became of them.</summary>
internal sealed class DataSender
{
    private readonly AssociationContext _context;
    private readonly Outstanding _outstanding;
    private readonly PartialReliability _reliability;
    private readonly LossDetection _rack;
    private readonly CongestionControl _congestion;
    private readonly RetransmissionTimer _timer;
    private long _recoveryEnd = -1;
    private bool _wasRefused;

    public DataSender(AssociationContext context)
    {
        _context = context;
        MaximumMessageSize = context.Options.MaximumMessageSize;
        Queue = new(context);
        _outstanding = new(context, Queue);
        _reliability = new(context, Queue, _outstanding);
        _rack = new(context, _outstanding);
        _congestion = new(context);
        _timer = new(context);
        Transmission = new(context, Queue, _outstanding, _reliability, _congestion, _timer);
    }

    public SendQueue Queue { get; }

    public int MaximumMessageSize { get; set; }

    /// <summary>Whether all that was accepted is acknowledged or given up.</summary>
    public bool IsIdle => Queue.IsEmpty && _outstanding.Count == 0;

    /// <summary>What writes packets.</summary>
    public Transmission Transmission { get; }

    public uint LastAssignedTsn => (uint)(_outstanding.Next - 1);

    public Instant NextDeadline =>
        Instant.Min(Instant.Min(_timer.TimeoutAt, _timer.ProbeAt), Instant.Min(_rack.NextDeadline, Transmission.NextDeadline));

    private bool InRecovery => _outstanding.Cumulative < _recoveryEnd;

    /// <summary>Our first TSN is drawn.</summary>
    public void Start() => _outstanding.Start(_context.Self.InitialTsn);

    /// <summary>The peer is known.</summary>
    public void Meet() => Transmission.PeerWindow = _context.Peer.Window;

    public SendResult Send(OutboundStream stream, uint payloadProtocol, ReadOnlySpan<byte> payload, SendOptions options, Instant now)
    {
        if (payload.Length > MaximumMessageSize)
        {
            return SendResult.TooLarge;
        }

        if (Queue.Cost >= _context.Options.SendBuffer)
        {
            _wasRefused = true;
            return SendResult.BufferFull;
        }

        Queue.Enqueue(stream, payloadProtocol, payload, options, now);
        _context.Stats.MessagesSent++;
        return SendResult.Accepted;
    }

    /// <summary>Tells once, after a refusal, that half of the buffer is free.</summary>
    public void ReportDrained()
    {
        if (_wasRefused && Queue.Cost <= _context.Options.SendBuffer / 2)
        {
            _wasRefused = false;
            _context.Events.Enqueue(new SctpEvent.SendBufferDrained());
        }
    }

    public void HandleSack(in SackChunk sack, Instant now)
    {
        var cumulative = Tsn.Unwrap(sack.CumulativeTsn, _outstanding.Cumulative);
        if (cumulative < _outstanding.Cumulative || cumulative >= _outstanding.Next)
        {
            return; // of the past (RFC 9260 §6.2.1 i), or of what was never sent
        }

        _context.Stats.SacksReceived++;
        var flightBefore = _outstanding.FlightSize;
        var news = Acknowledgement.None;
        var isAdvanced = cumulative > _outstanding.Cumulative;
        _outstanding.AcknowledgeThrough(cumulative, ref news);
        var lastEnd = cumulative;
        for (var i = 0; i < sack.GapCount; i++)
        {
            var (start, end) = sack.Gap(i);
            _outstanding.AcknowledgeRange(cumulative + start, cumulative + end, ref news);
            lastEnd = Math.Max(lastEnd, cumulative + end);
        }

        _rack.OnGaps(sack.GapCount, lastEnd);
        if (sack.DuplicateCount > 0)
        {
            _rack.OnDuplicate(now);
        }

        if (isAdvanced || news.Chunks > 0)
        {
            OnNews(in news, flightBefore, now);
        }

        UpdateWindow(sack.ReceiveWindow, news.Chunks > 0);
        _reliability.OnSack(now);
        if (_outstanding.Count == 0)
        {
            _timer.OnAcknowledged(false, false, now);
        }
    }

    /// <summary>The peer's SHUTDOWN tells how far all arrived, too (RFC 9260 §9.2).</summary>
    public void HandleCumulative(uint tsn, Instant now)
    {
        var cumulative = Tsn.Unwrap(tsn, _outstanding.Cumulative);
        if (cumulative > _outstanding.Cumulative && cumulative < _outstanding.Next)
        {
            var news = Acknowledgement.None;
            var flightBefore = _outstanding.FlightSize;
            _outstanding.AcknowledgeThrough(cumulative, ref news);
            OnNews(in news, flightBefore, now);
        }
    }

    public void HandleDeadline(Instant now)
    {
        Transmission.HandleDeadline(now);
        if (_rack.NextDeadline <= now)
        {
            DetectLosses(now);
        }

        if (_timer.TimeoutAt <= now)
        {
            OnTimeout(now);
        }
        else if (_timer.ProbeAt <= now)
        {
            _context.Stats.TailProbes++;
            Transmission.IsProbeWanted = true;
            _timer.OnProbe(now);
        }
    }

    /// <summary>The packets that follow take another path: what was learnt of the old one is forgotten, and what is outstanding goes ahead.</summary>
    public void ChangePath(TimeSpan? roundTrip, Instant now)
    {
        _rack.ChangePath();
        var patience = _context.Rtt.PlainRto;
        _context.Rtt.Reset(roundTrip);
        _outstanding.ChangePath();
        _congestion.Reset();
        Transmission.ChangePath();
        if (_outstanding.Count == 0)
        {
            return;
        }

        var first = _outstanding.Cumulative + 1;
        if (_outstanding[first].State == ChunkState.InFlight)
        {
            _outstanding.MarkLost(first); // its SACK tells of all the others
        }

        while (IsOverdue(_outstanding.FirstSentOnce, patience, now))
        {
            _outstanding.MarkLost(_outstanding.FirstSentOnce);
        }

        while (IsOverdue(_outstanding.FirstSentAgain, patience, now))
        {
            _outstanding.MarkLost(_outstanding.FirstSentAgain);
        }

        _reliability.OnTimeout();
        _timer.Restart(now);
    }

    private bool IsOverdue(long tsn, TimeSpan patience, Instant now) => tsn >= 0 && new Instant(_outstanding[tsn].SentAt) + patience <= now;

    /// <summary>After COOKIE ECHO was sent again: the DATA that went with it goes again, too.</summary>
    public void ResendAll() => _outstanding.MarkAllLost();

    private void OnNews(in Acknowledgement news, long flightBefore, Instant now)
    {
        _context.PeerIsAlive();
        if (news.SampleSentAt >= 0)
        {
            _context.Rtt.Sample(now - new Instant(news.SampleSentAt), now);
        }

        if (_outstanding.TryTakeBack())
        {
            _recoveryEnd = _outstanding.Next - 1;
        }

        if (news.Chunks > 0)
        {
            _rack.OnAcknowledged(in news, now);
            _congestion.OnAcknowledged(in news, flightBefore, _outstanding.Cumulative, _outstanding.Next, now);
        }

        DetectLosses(now);
        _timer.OnAcknowledged(_outstanding.Count > 0, Transmission.CanProbe && !InRecovery, now);
    }

    private void DetectLosses(Instant now)
    {
        while (_outstanding.TryReport(_rack.SilentBeyond, out var tsn))
        {
            OnLost(tsn, now);
        }

        while (_rack.TryDetect(InRecovery, now, out var tsn))
        {
            if (tsn > _rack.SilentBeyond && _outstanding[tsn].Transmissions == 1)
            {
                _outstanding.MarkUnreported(tsn);
            }
            else
            {
                _outstanding.MarkLost(tsn);
                OnLost(tsn, now);
            }
        }

        if (_outstanding.FirstInFlight < 0 && _outstanding.FirstLost < 0)
        {
            _outstanding.MarkAllLost(); // nothing left that could tell more of them
        }
    }

    private void OnLost(long tsn, Instant now)
    {
        _context.Stats.ChunksLost++;
        if (!InRecovery)
        {
            _rack.OnRecovery();
            _recoveryEnd = _outstanding.Next - 1;
        }

        if (_outstanding[tsn].Path == _outstanding.Path)
        {
            _congestion.OnLost(_outstanding[tsn].SentAt, now);
        }
    }

    /// <summary>T3-rtx (RFC 9260 §6.3.3): all that is in flight is held for lost.</summary>
    private void OnTimeout(Instant now)
    {
        _timer.OnTimeout();
        _context.Stats.Timeouts++;
        _context.CountError();
        if (Transmission.PeerWindow > 0 && _outstanding.FirstInFlight >= 0)
        {
            _congestion.OnTimeout(now);
        }

        _context.Stats.ChunksLost += _outstanding.MarkAllLost();

        _reliability.OnTimeout();
        if (_outstanding.Count > 0)
        {
            _timer.Ensure(now);
        }
    }

    private void UpdateWindow(uint window, bool isProgress)
    {
        if (window < _context.FragmentSize)
        {
            _context.ForgetErrors(); // it answers, and says that it has no room (RFC 9260 §6.1 A)
        }
        else if (Transmission.PeerWindow < _context.FragmentSize && !isProgress)
        {
            ResendAll(); // the probe of the closed window was dropped; no need to wait for its timeout
        }

        Transmission.PeerWindow = window;
    }
}
