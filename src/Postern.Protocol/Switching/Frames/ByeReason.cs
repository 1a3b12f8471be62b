using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>Why a switchboard ends a connection that did nothing wrong.</summary>
[JsonConverter(typeof(KebabEnum<ByeReason>))]
public enum ByeReason : byte
{
    Unknown,

    /// <summary>The same name and key have logged in from another program: this one must not come back by itself.</summary>
    Replaced,

    /// <summary>The switchboard stops; it may be back soon.</summary>
    Stopping,
}
