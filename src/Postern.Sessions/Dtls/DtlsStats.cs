namespace Postern.Sessions.Dtls;

/// <summary>Plain counters of one <see cref="DtlsConnection"/> since it was made.</summary>
public sealed record DtlsStats
{
    /// <summary>Datagrams written by <see cref="DtlsConnection.TryTransmit"/>: handshake and alerts.</summary>
    public long DatagramsSent { get; internal set; }

    /// <summary>Datagrams that <see cref="DtlsConnection.HandleDatagram"/> took.</summary>
    public long DatagramsReceived { get; internal set; }

    /// <summary>Flights sent again, because the timer ran out or the peer repeated its own.</summary>
    public long FlightsRepeated { get; internal set; }

    public long ApplicationRecordsSent { get; internal set; }

    public long ApplicationRecordsReceived { get; internal set; }

    /// <summary>Records or fragments dropped because a length or a type is wrong.</summary>
    public long MalformedDropped { get; internal set; }

    /// <summary>Protected records dropped because they do not authenticate.</summary>
    public long ForgedDropped { get; internal set; }

    /// <summary>Protected records dropped because their sequence number was seen or is too old.</summary>
    public long ReplayedDropped { get; internal set; }

    /// <summary>Records dropped because their epoch, or their kind in that epoch, is not to be had at this point.</summary>
    public long OutOfEpochDropped { get; internal set; }

    /// <summary>Records of epoch 1 that came before they could be read, and were kept.</summary>
    public long EarlyKept { get; internal set; }

    /// <summary>Alerts without authentication that were not believed at once.</summary>
    public long PlainAlerts { get; internal set; }

    /// <summary>Handshake messages after the handshake: nothing is ever renegotiated.</summary>
    public long RenegotiationsRefused { get; internal set; }
}
