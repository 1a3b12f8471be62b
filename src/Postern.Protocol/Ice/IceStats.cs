namespace Postern.Protocol.Ice;

/// <summary>Plain counters of one <see cref="IceAgent"/>, exact and never reset.</summary>
public sealed record IceStats
{
    /// <summary>Binding requests of every purpose, repeats included.</summary>
    public long RequestsSent { get; internal set; }

    /// <summary>Of these: repeats of an unanswered request.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>Of these: sent with a low time to live.</summary>
    public long OpenersSent { get; internal set; }

    /// <summary>Of these: RFC 7675 consent checks on the selected pair.</summary>
    public long ConsentChecksSent { get; internal set; }

    /// <summary>Of these: keep-alives on pairs held warm.</summary>
    public long KeepAlivesSent { get; internal set; }

    /// <summary>Of these: probes of a pair that fell silent.</summary>
    public long ProbesSent { get; internal set; }

    /// <summary>Of these: later checks of a pair that died.</summary>
    public long RechecksSent { get; internal set; }

    /// <summary>Binding requests with our credentials and right integrity.</summary>
    public long RequestsReceived { get; internal set; }

    public long ResponsesSent { get; internal set; }

    public long ErrorsSent { get; internal set; }

    public long ResponsesReceived { get; internal set; }

    public long ErrorsReceived { get; internal set; }

    /// <summary>Messages that claimed to be ours but had no or wrong integrity.</summary>
    public long Unverified { get; internal set; }

    /// <summary>Guessed ports that a check went to.</summary>
    public long GuessesMade { get; internal set; }

    /// <summary>Requests to these, repeats included; they count among <see cref="RequestsSent"/> too.</summary>
    public long GuessPackets { get; internal set; }

    /// <summary>Candidates, early checks, responses and events that a bound turned away.</summary>
    public long TurnedAway { get; internal set; }
}
