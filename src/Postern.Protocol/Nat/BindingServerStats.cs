namespace Postern.Protocol.Nat;

/// <summary>What a <see cref="BindingServer"/> has done since it began, in datagrams.</summary>
public sealed class BindingServerStats
{
    /// <summary>Requests answered in full.</summary>
    public long Answered { get; internal set; }

    /// <summary>Requests answered with the mapped address alone, since the budget refused more.</summary>
    public long AnsweredLean { get; internal set; }

    /// <summary>Requests answered with an error.</summary>
    public long Refused { get; internal set; }

    /// <summary>Requests not answered at all, since the budget refused every answer.</summary>
    public long OverBudget { get; internal set; }

    /// <summary>Requests from a source or to a target that must not be answered: port 0, no unicast address, our own sockets.</summary>
    public long Ignored { get; internal set; }

    /// <summary>Binding indications, which keep a mapping alive and want no answer (RFC 8489 §6.3.2).</summary>
    public long Indications { get; internal set; }

    /// <summary>Requests that came while an answer still waited to be taken: the caller broke the law of draining.</summary>
    public long Dropped { get; internal set; }
}
