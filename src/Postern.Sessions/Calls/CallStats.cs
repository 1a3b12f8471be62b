namespace Postern.Sessions.Calls;

/// <summary>Counters of one call.</summary>
public sealed class CallStats
{
    /// <summary>DTLS datagrams sent, over whichever path.</summary>
    public long DatagramsSent { get; internal set; }

    /// <summary>DTLS datagrams received.</summary>
    public long DatagramsReceived { get; internal set; }
}
