using System.Text.Json.Serialization;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>Who begins the DTLS handshake: an offer says actpass, the answer active (the better choice) or passive (RFC 8842 §5.2, §5.3).</summary>
[JsonConverter(typeof(KebabEnum<DtlsSetup>))]
public enum DtlsSetup : byte
{
    Unknown,
    Actpass,
    Active,
    Passive,
}
