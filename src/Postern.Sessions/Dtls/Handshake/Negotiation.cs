using Postern.Protocol.Net;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>
/// Drives one side's handshake: puts fragments together, hands messages over in order, and repeats flights by time and by
/// need (RFC 6347 §4.2.4).
/// </summary>
internal sealed class Negotiation : IDisposable
{
    private readonly Reassembly _inbox = new();
    private readonly AlertDoubt _doubt = new();
    private readonly DtlsOptions _options;
    private readonly DtlsStats _stats;
    private readonly HandshakeContext _context;
    private readonly IHandshake _handshake;
    private readonly FlightTimer _timer;
    private Instant _giveUp = Instant.Never;

    public Negotiation(DtlsRole role, DtlsOptions options, RecordLayer records, IRandom random, DtlsStats stats)
    {
        _options = options;
        _stats = stats;
        _timer = new(options.InitialTimeout);
        _context = new(role, options, records);
        _handshake = role == DtlsRole.Client ? new ClientHandshake(_context, random) : new ServerHandshake(_context, random);
    }

    public FlightBuffer Flight => _context.Flight;

    public bool IsStarted { get; private set; }

    public bool IsComplete => _handshake.IsComplete && Failure == DtlsFailure.None;

    /// <summary>Set once, and then nothing moves any more.</summary>
    public DtlsFailure Failure { get; private set; }

    /// <summary>With <see cref="DtlsFailure.PeerAlert"/> the peer's, otherwise what to tell the peer.</summary>
    public DtlsAlert? Alert { get; private set; }

    public bool AwaitsFingerprint { get; private set; }

    public SrtpProfile? SrtpProfile => _context.SrtpProfile;

    public Fingerprint? ExpectedFingerprint => _context.ExpectedFingerprint;

    public Instant Deadline => IsUnderWay ? Instant.Min(_giveUp, Instant.Min(_timer.Deadline, _doubt.Deadline)) : Instant.Never;

    private bool IsUnderWay => !_handshake.IsComplete && Failure == DtlsFailure.None;

    public void Start(Instant now)
    {
        Begin(now);
        _handshake.Start();
        _timer.Start(now);
    }

    public void ExpectFingerprint(Fingerprint fingerprint, Instant now)
    {
        _context.ExpectedFingerprint = fingerprint;
        if (AwaitsFingerprint)
        {
            AwaitsFingerprint = false;
            _timer.Resume(now);
            Advance(now);
        }
    }

    /// <summary>Takes the content of a handshake record.</summary>
    public void HandleFragments(ushort epoch, ReadOnlySpan<byte> content, Instant now)
    {
        while (HandshakeFragment.TryParse(content, out var fragment))
        {
            content = content[fragment.WholeSize..];
            HandleFragment(epoch, fragment, now);
        }

        _stats.MalformedDropped += content.IsEmpty ? 0 : 1;
        Advance(now);
    }

    public void HandlePlainAlert(DtlsAlert alert, Instant now)
    {
        _stats.PlainAlerts++;
        _doubt.Note(alert, now);
    }

    public void HandleDeadline(Instant now)
    {
        if (!IsUnderWay)
        {
            return;
        }

        if (now >= _doubt.Deadline)
        {
            Fail(DtlsFailure.PeerAlert, _doubt.Alert);
        }
        else if (now >= _giveUp)
        {
            Fail(DtlsFailure.Timeout, null);
        }
        else if (now >= _timer.Deadline)
        {
            _timer.BackOff(now);
            RepeatFlight();
        }
    }

    public void Fail(DtlsFailure failure, DtlsAlert? alert)
    {
        Failure = failure;
        Alert = alert;
        Forget();
    }

    /// <summary>Drops what waits to be sent and what waits to be handled.</summary>
    public void Forget()
    {
        AwaitsFingerprint = false;
        Flight.Clear();
        _inbox.Clear();
    }

    public void Export(ReadOnlySpan<byte> label, byte[]? context, Span<byte> output) => _context.Export(label, context, output);

    public void Dispose() => _context.Dispose();

    private void HandleFragment(ushort epoch, HandshakeFragment fragment, Instant now)
    {
        if (!IsUnderWay && fragment.Sequence >= _inbox.Next)
        {
            _stats.RenegotiationsRefused++;
        }
        else if ((fragment.Type == HandshakeType.Finished) != (epoch == 1)) // the one message that comes under keys
        {
            _stats.OutOfEpochDropped++;
        }
        else
        {
            switch (_inbox.Accept(epoch, fragment))
            {
                case FragmentFate.Dropped:
                    _stats.MalformedDropped++;
                    break;
                case FragmentFate.Repeated:
                    AnswerRepetition(now);
                    break;
            }
        }
    }

    // RFC 6347 §4.2.4: the peer repeats its flight because it has not seen ours.
    private void AnswerRepetition(Instant now)
    {
        if (Flight.IsEmpty || AwaitsFingerprint || !_timer.MayAnswer(now))
        {
            return;
        }

        if (IsUnderWay)
        {
            _timer.Resume(now);
        }
        else
        {
            _timer.NoteAnswer(now);
        }

        RepeatFlight();
    }

    private void Advance(Instant now)
    {
        while (IsUnderWay && _inbox.TryPeek(out var message))
        {
            if (_handshake.AwaitsCertificate && message.Type == HandshakeType.Certificate && ExpectedFingerprint is null)
            {
                AwaitsFingerprint = true;
                _timer.Stop(); // the peer has answered; it is we who wait
                return;
            }

            Begin(now);
            _doubt.Dispel();
            _inbox.Advance();
            Handle(message, now);
        }
    }

    private void Handle(HandshakeMessage message, Instant now)
    {
        var flights = _context.Flights;
        var failure = _handshake.Handle(message);
        if (failure != DtlsFailure.None)
        {
            Fail(failure, FailureAlerts.For(failure));
            return;
        }

        if (_context.Flights != flights)
        {
            _timer.Start(now);
        }

        if (_handshake.IsComplete)
        {
            _inbox.Clear();
        }
    }

    private void Begin(Instant now)
    {
        if (!IsStarted)
        {
            IsStarted = true;
            _giveUp = now + _options.HandshakeTimeout;
        }
    }

    private void RepeatFlight()
    {
        _stats.FlightsRepeated++;
        Flight.Rewind();
    }
}
