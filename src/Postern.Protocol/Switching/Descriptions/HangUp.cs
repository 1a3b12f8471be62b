using System.Text.Json.Serialization;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>Why a peer ends a session.</summary>
[JsonConverter(typeof(KebabEnum<HangUp>))]
public enum HangUp : byte
{
    Unknown,

    /// <summary>It has said all it wanted to.</summary>
    Done,

    /// <summary>The user does not want to talk.</summary>
    Declined,

    /// <summary>It is in as many sessions as it takes.</summary>
    Busy,

    /// <summary>No path was found, or it was lost for good.</summary>
    NoPath,

    /// <summary>The description was refused: not signed by the key it should be, a replay, or not to be used.</summary>
    Refused,

    /// <summary>It has no such session (any more).</summary>
    NoSession,
}
