namespace Postern.Protocol.Nat;

/// <summary>The order of measuring: each stage begins when the one before it has ended.</summary>
internal enum ProbeStage
{
    /// <summary>Does UDP pass at all? (RFC 5780 §4.2)</summary>
    Reach,

    /// <summary>Filtering (RFC 5780 §4.4), before anything was sent to the server's other endpoints; and hairpin (RFC 5780 §3.4), which disturbs nothing.</summary>
    Filter,

    /// <summary>Mapping (RFC 5780 §4.3), from the socket that asked first.</summary>
    Map,

    /// <summary>How ports move, from fresh sockets.</summary>
    Sample,

    /// <summary>How ports move for a second target from the same sockets, where only first mappings keep their ports.</summary>
    SampleAgain,

    Done,
}
