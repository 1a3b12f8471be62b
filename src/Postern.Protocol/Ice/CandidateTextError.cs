namespace Postern.Protocol.Ice;

/// <summary>Why a text is no candidate of ours; <see cref="None"/> where it is one. Only <see cref="Malformed"/> is the sender's fault.</summary>
public enum CandidateTextError : byte
{
    None,

    /// <summary>Not of the grammar of RFC 8839 §5.1.</summary>
    Malformed,

    /// <summary>Another component than 1, such as RTCP's.</summary>
    OtherComponent,

    /// <summary>Another transport than UDP.</summary>
    OtherTransport,

    /// <summary>A host name, such as the mDNS names of browsers that hide their addresses.</summary>
    Name,

    /// <summary>A type of candidate that RFC 8445 does not know.</summary>
    OtherType,
}
