using System.Diagnostics.CodeAnalysis;
using System.Text;
using Postern.Protocol.Net;
using Postern.Sessions.Dtls.Handshake;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls;

/// <summary>
/// One DTLS 1.2 connection (RFC 6347), as small as WebRTC allows: ECDHE on P-256, ECDSA, AES-128-GCM, extended master
/// secret, mutual certificates known by their fingerprints. A machine without I/O that knows no endpoints: it rides on
/// whatever path its caller has, and survives any change of it.
/// </summary>
/// <remarks>Not thread-safe. Law: touch, drain <see cref="TryTransmit"/> and <see cref="TryTakeEvent"/>, touch again.</remarks>
public sealed class DtlsConnection : IDisposable
{
    /// <summary>What <see cref="Protect"/> adds to a plaintext: header, explicit nonce, tag.</summary>
    public const int Overhead = RecordHeader.Size + RecordProtection.Expansion;

    private readonly Queue<DtlsEvent> _events = [];
    private readonly RecordLayer _records = new();
    private readonly EarlyRecords _early = new();
    private readonly AlertOutbox _alerts = new();
    private readonly DtlsOptions _options;
    private readonly Negotiation _negotiation;
    private int _earlyStage; // at which stage the early records were tried last

    /// <summary>Makes a connection that has sent nothing yet.</summary>
    /// <param name="random">For the hello's random; keys are the system's own.</param>
    public DtlsConnection(DtlsRole role, DtlsOptions options, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumDatagramSize, 256, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumDatagramSize, RecordHeader.MaximumPlaintext, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.InitialTimeout, TimeSpan.Zero, nameof(options));
        _options = options;
        Role = role;
        _negotiation = new(role, options, _records, random, Stats);
    }

    public DtlsRole Role { get; }

    public DtlsState State { get; private set; }

    public DtlsStats Stats { get; } = new();

    /// <summary>The handshake stands still because the peer has shown a certificate that nobody told us how to judge.</summary>
    public bool AwaitsFingerprint => _negotiation.AwaitsFingerprint;

    /// <summary>The next moment at which <see cref="HandleDeadline"/> wants to be called; <see cref="Instant.Never"/> when idle.</summary>
    public Instant NextDeadline => State == DtlsState.Handshaking ? _negotiation.Deadline : Instant.Never;

    // Early records are tried again when the keys are there, and when the handshake is complete.
    private int Stage => State == DtlsState.Connected ? 2 : _records.CanRead ? 1 : 0;

    /// <summary>A client sends its ClientHello. A server listens from the beginning: for it this changes nothing.</summary>
    public void Start(Instant now)
    {
        if (State == DtlsState.New && Role == DtlsRole.Client)
        {
            _negotiation.Start(now);
            Settle();
        }
    }

    /// <summary>Names the only certificate that the peer may show; it comes with the offer or the answer, as <c>a=fingerprint</c> (RFC 8122 §5).</summary>
    /// <exception cref="InvalidOperationException">Another fingerprint was named before.</exception>
    public void ExpectFingerprint(Fingerprint fingerprint, Instant now)
    {
        if (_negotiation.ExpectedFingerprint is { } known && known != fingerprint)
        {
            throw new InvalidOperationException("A connection expects one certificate only.");
        }

        _negotiation.ExpectFingerprint(fingerprint, now);
        Settle();
        ReadEarlyRecords(null, now); // its Finished may have waited; application data cannot, since the peer is not connected
    }

    /// <summary>
    /// Takes a datagram. False when its first byte is not one of DTLS's (RFC 7983). Every application record in it is
    /// decrypted and handed to <paramref name="receiver"/>.
    /// </summary>
    public bool HandleDatagram(ReadOnlySpan<byte> datagram, IPlaintextReceiver receiver, Instant now)
    {
        if (datagram.IsEmpty || datagram[0] is < 20 or > 63)
        {
            return false;
        }

        Stats.DatagramsReceived++;
        while (RecordHeader.TryParse(datagram, out var header))
        {
            HandleRecord(header, datagram[..header.WholeSize], receiver, now);
            datagram = datagram[header.WholeSize..];
        }

        Stats.MalformedDropped += datagram.IsEmpty ? 0 : 1;
        ReadEarlyRecords(receiver, now);
        return true;
    }

    /// <summary>Repeats a flight that was not answered, or gives up.</summary>
    public void HandleDeadline(Instant now)
    {
        if (State == DtlsState.Handshaking)
        {
            _negotiation.HandleDeadline(now);
            Settle();
        }
    }

    /// <summary>Writes the next datagram of handshake or alerts, at most <see cref="DtlsOptions.MaximumDatagramSize"/> bytes; false when there is none.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, _options.MaximumDatagramSize, nameof(buffer));
        var datagram = buffer[.._options.MaximumDatagramSize];
        length = _negotiation.Flight.IsPending ? _negotiation.Flight.Write(datagram, _records)
            : _alerts.IsPending ? _alerts.Write(datagram, _records)
            : 0;
        Stats.DatagramsSent += length > 0 ? 1 : 0;
        return length > 0;
    }

    public bool TryTakeEvent([NotNullWhen(true)] out DtlsEvent? happened) => _events.TryDequeue(out happened);

    /// <summary>
    /// Writes one application record of <c>plaintext.Length + Overhead</c> bytes into <paramref name="datagram"/> and returns
    /// that size; 0 where the connection is not (or no longer) <see cref="DtlsState.Connected"/>. Allocates nothing.
    /// </summary>
    /// <exception cref="ArgumentException">More than 2^14 bytes, or the datagram is too small.</exception>
    public int Protect(ReadOnlySpan<byte> plaintext, Span<byte> datagram)
    {
        if (plaintext.Length > RecordHeader.MaximumPlaintext || datagram.Length < plaintext.Length + Overhead)
        {
            throw new ArgumentException("A record holds at most 2^14 bytes, and the datagram must have room for it and its overhead.", nameof(plaintext));
        }

        if (State != DtlsState.Connected)
        {
            return 0;
        }

        if (_records.IsExhausted)
        {
            End(DtlsCloser.Exhaustion, answer: true);
            return 0;
        }

        Stats.ApplicationRecordsSent++;
        return _records.Write(ContentType.ApplicationData, 1, plaintext, datagram);
    }

    /// <summary>Bytes that only the two ends know (RFC 5705 §4); SRTP takes its keys from here (RFC 5764 §4.2).</summary>
    /// <exception cref="InvalidOperationException">The handshake is not complete.</exception>
    public byte[] ExportKeyingMaterial(string label, byte[]? context, int length)
    {
        if (State != DtlsState.Connected)
        {
            throw new InvalidOperationException("Keying material is exported from a connected session.");
        }

        if (label is "client finished" or "server finished" or "master secret" or "key expansion" or "extended master secret")
        {
            throw new ArgumentException("TLS itself uses this label (RFC 5705 §4).", nameof(label));
        }

        var output = new byte[length];
        _negotiation.Export(Encoding.ASCII.GetBytes(label), context, output);
        return output;
    }

    /// <summary>Says close_notify and ends. What the peer sends from now on is dropped.</summary>
    public void Close(Instant now)
    {
        if (State is DtlsState.New or DtlsState.Handshaking or DtlsState.Connected)
        {
            End(DtlsCloser.Local, answer: State != DtlsState.New);
        }
    }

    public void Dispose()
    {
        _records.Dispose();
        _negotiation.Dispose();
    }

    /// <summary>So that a test need not send 2^48 records: leaves one for application data.</summary>
    internal void SpendSequenceNumbers() => _records.WriteSequence = RecordLayer.LastApplicationSequence;

    private void HandleRecord(RecordHeader header, ReadOnlySpan<byte> record, IPlaintextReceiver? receiver, Instant now)
    {
        if (State is DtlsState.Closed or DtlsState.Failed)
        {
            RepeatAlert(header);
        }
        else if (header.Version >> 8 != RecordHeader.Dtls12 >> 8)
        {
            Stats.MalformedDropped++;
        }
        else if (header.Epoch == 0 && State != DtlsState.Connected)
        {
            HandlePlainRecord(header, record[RecordHeader.Size..], now);
        }
        else if (header.Epoch == 1)
        {
            HandleProtectedRecord(header, record, receiver, now);
        }
        else
        {
            Stats.OutOfEpochDropped++;
        }
    }

    private void RepeatAlert(RecordHeader header)
    {
        if (header.Type != ContentType.Alert) // or two ends would go on saying farewell
        {
            _alerts.Repeat();
        }
    }

    private void HandlePlainRecord(RecordHeader header, ReadOnlySpan<byte> content, Instant now)
    {
        switch (header.Type)
        {
            case ContentType.Handshake when State == DtlsState.Handshaking || Role == DtlsRole.Server:
                _negotiation.HandleFragments(0, content, now);
                Settle();
                break;
            case ContentType.ChangeCipherSpec when content is [1]:
                break; // the epoch of a record says what this would say
            case ContentType.Alert when content.Length == 2 && State == DtlsState.Handshaking:
                _negotiation.HandlePlainAlert((DtlsAlert)content[1], now);
                break;
            default:
                Stats.OutOfEpochDropped++;
                break;
        }
    }

    private void HandleProtectedRecord(RecordHeader header, ReadOnlySpan<byte> record, IPlaintextReceiver? receiver, Instant now)
    {
        if (!_records.CanRead || (header.Type == ContentType.ApplicationData && State != DtlsState.Connected))
        {
            KeepEarly(record);
            return;
        }

        if (_records.IsReplayed(header))
        {
            Stats.ReplayedDropped++;
            return;
        }

        if (!_records.TryOpen(header, record[RecordHeader.Size..], out var plaintext))
        {
            Stats.ForgedDropped++;
            return;
        }

        switch (header.Type)
        {
            case ContentType.ApplicationData:
                HandleApplicationData(plaintext, receiver, now);
                break;
            case ContentType.Handshake:
                _negotiation.HandleFragments(1, plaintext, now);
                Settle();
                break;
            case ContentType.Alert when plaintext.Length == 2:
                HandleAlert(plaintext[0], (DtlsAlert)plaintext[1]);
                break;
            default:
                Stats.MalformedDropped++;
                break;
        }
    }

    private void HandleApplicationData(ReadOnlySpan<byte> plaintext, IPlaintextReceiver? receiver, Instant now)
    {
        _negotiation.Flight.Clear(); // it proves that the peer has our Finished: nothing needs to be repeated any more
        Stats.ApplicationRecordsReceived++;
        if (!plaintext.IsEmpty)
        {
            receiver?.HandlePlaintext(plaintext, now);
        }
    }

    private void HandleAlert(byte level, DtlsAlert alert)
    {
        const byte Fatal = 2;
        if (alert == DtlsAlert.CloseNotify)
        {
            End(DtlsCloser.Peer, answer: true);
        }
        else if (level == Fatal && State == DtlsState.Handshaking)
        {
            _negotiation.Fail(DtlsFailure.PeerAlert, alert);
            Settle();
        }
        else if (level == Fatal)
        {
            End(DtlsCloser.PeerAlert, answer: false);
        }
    }

    private void KeepEarly(ReadOnlySpan<byte> record)
    {
        if (State == DtlsState.Handshaking && _early.Keep(record))
        {
            Stats.EarlyKept++;
        }
        else
        {
            Stats.OutOfEpochDropped++;
        }
    }

    private void ReadEarlyRecords(IPlaintextReceiver? receiver, Instant now)
    {
        while (_early.Count > 0 && _earlyStage != Stage)
        {
            _earlyStage = Stage;
            for (var count = _early.Count; count > 0; count--)
            {
                var record = _early.Take();
                if (RecordHeader.TryParse(record, out var header))
                {
                    HandleRecord(header, record, receiver, now);
                }
            }
        }
    }

    // Draws the conclusions from what the negotiation has come to.
    private void Settle()
    {
        if (State == DtlsState.New && _negotiation.IsStarted)
        {
            State = DtlsState.Handshaking;
        }

        if (State != DtlsState.Handshaking)
        {
            return;
        }

        if (_negotiation.Failure != DtlsFailure.None)
        {
            Fail(_negotiation.Failure, _negotiation.Alert);
        }
        else if (_negotiation.IsComplete)
        {
            Complete();
        }
    }

    private void Complete()
    {
        State = DtlsState.Connected;
        if (Role == DtlsRole.Client)
        {
            _negotiation.Flight.Clear(); // the server's Finished has answered it
        }

        _events.Enqueue(new DtlsEvent.HandshakeCompleted(_negotiation.ExpectedFingerprint!.Value, _negotiation.SrtpProfile));
    }

    private void Fail(DtlsFailure reason, DtlsAlert? alert)
    {
        State = DtlsState.Failed;
        _early.Clear();
        if (reason != DtlsFailure.PeerAlert && alert is { } ours)
        {
            _alerts.Put(ours);
        }

        _events.Enqueue(new DtlsEvent.HandshakeFailed(reason, alert));
    }

    private void End(DtlsCloser by, bool answer)
    {
        if (State != DtlsState.Connected)
        {
            _negotiation.Forget();
        }

        State = DtlsState.Closed;
        _early.Clear();
        if (answer)
        {
            _alerts.Put(DtlsAlert.CloseNotify);
        }

        _events.Enqueue(new DtlsEvent.Closed(by));
    }
}
