using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>What a signal carries. The switchboard looks at nothing else of it.</summary>
[JsonConverter(typeof(KebabEnum<SignalKind>))]
public enum SignalKind : byte
{
    /// <summary>A kind of a later version: carried, but not understood.</summary>
    Unknown,
    Offer,
    Answer,
    Candidate,
    EndOfCandidates,

    /// <summary>A new offer within a session: an ICE restart (RFC 8839 §4.4.1.1.1).</summary>
    Restart,
    Bye,

    /// <summary>What was learnt of a NAT's ports: for the moment it is sent in.</summary>
    Ports,
}
