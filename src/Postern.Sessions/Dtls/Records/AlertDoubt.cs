using Postern.Protocol.Net;

namespace Postern.Sessions.Dtls.Records;

/// <summary>
/// An alert that came in plain, which anybody can send. It is believed once the handshake has stood still for a second after
/// it: a peer that gave up stays silent, and a peer that did not lets the handshake go on (RFC 6347 §4.1.2.7).
/// </summary>
internal sealed class AlertDoubt
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public DtlsAlert Alert { get; private set; }

    public Instant Deadline { get; private set; } = Instant.Never;

    public void Note(DtlsAlert alert, Instant now)
    {
        if (Deadline == Instant.Never)
        {
            Alert = alert;
            Deadline = now + Patience;
        }
    }

    public void Dispel() => Deadline = Instant.Never;
}
