using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>Whether two hosts behind one NAT reach each other through its outer address (RFC 4787 §6).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NatHairpin>))]
public enum NatHairpin : byte
{
    Unknown,

    /// <summary>Nothing is translated, so there is nothing to turn round.</summary>
    NotNeeded,

    No,

    /// <summary>Yes, and the packet comes from the outer address ("external source address and port").</summary>
    Yes,

    /// <summary>Yes, but the packet comes from the inner address ("internal source address and port").</summary>
    YesFromInside,
}
