using System.Text.Json.Serialization;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>What peers tell each other through the switchboard.</summary>
public abstract record SignalPayload
{
    private SignalPayload()
    {
    }

    [JsonIgnore]
    public abstract SignalKind Kind { get; }

    /// <summary>An offer, an answer or a restart, as its description says.</summary>
    public sealed record Described(SessionDescription Description) : SignalPayload
    {
        [JsonIgnore]
        public override SignalKind Kind => Description.Kind;
    }

    /// <summary>One more candidate (RFC 8838 §9): the line of RFC 8839 §5.1 from "candidate:" on, and the generation it belongs to.</summary>
    public sealed record Candidate(string Line, string Ufrag) : SignalPayload
    {
        [JsonIgnore]
        public override SignalKind Kind => SignalKind.Candidate;
    }

    /// <summary>No more candidates of this generation (RFC 8838 §13).</summary>
    public sealed record EndOfCandidates(string Ufrag) : SignalPayload
    {
        [JsonIgnore]
        public override SignalKind Kind => SignalKind.EndOfCandidates;
    }

    /// <summary>What the sender has learnt of its NAT's ports right now; between Posterns only.</summary>
    /// <param name="Ufrag">The generation it belongs to.</param>
    /// <param name="Opened">Holes at known ports.</param>
    /// <param name="Counter">Where a NAT stands that counts its ports.</param>
    /// <param name="Fan">Holes at unknown ports of a known range.</param>
    /// <param name="Again">A firewall had shut the sender out and lets new flows through again: both take the plan up once more, as far as this allows.</param>
    public sealed record Ports(string Ufrag, IReadOnlyList<OpenedPort> Opened, PortCounter? Counter = null, PortFan? Fan = null, ProbeMode? Again = null) : SignalPayload
    {
        [JsonIgnore]
        public override SignalKind Kind => SignalKind.Ports;
    }

    /// <summary>The session ends, or was never wanted.</summary>
    public sealed record Bye(HangUp Reason, string? Sentence = null) : SignalPayload
    {
        [JsonIgnore]
        public override SignalKind Kind => SignalKind.Bye;
    }
}
