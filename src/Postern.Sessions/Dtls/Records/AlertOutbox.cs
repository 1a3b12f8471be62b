namespace Postern.Sessions.Dtls.Records;

/// <summary>The one alert that we send, and its few repetitions for a peer that has not heard it (alerts are not retransmitted by themselves, RFC 6347 §4.2.7).</summary>
internal sealed class AlertOutbox
{
    private const int MaximumRepeats = 3;
    private const byte Warning = 1;
    private const byte Fatal = 2;
    private byte[] _alert = [];
    private int _repeats;

    public bool IsPending { get; private set; }

    public void Put(DtlsAlert alert)
    {
        _alert = [alert == DtlsAlert.CloseNotify ? Warning : Fatal, (byte)alert];
        IsPending = true;
    }

    /// <summary>The peer still speaks as if it had not heard.</summary>
    public void Repeat()
    {
        if (_alert.Length > 0 && _repeats < MaximumRepeats)
        {
            _repeats++;
            IsPending = true;
        }
    }

    public int Write(Span<byte> datagram, RecordLayer records)
    {
        IsPending = false;
        return records.Write(ContentType.Alert, records.IsWriteProtected ? (ushort)1 : (ushort)0, _alert, datagram);
    }
}
