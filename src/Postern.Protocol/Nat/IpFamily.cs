using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>The two address families; a NAT is measured in each by itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IpFamily>))]
public enum IpFamily : byte
{
    V4 = 4,
    V6 = 6,
}
