using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>How a path would come to be.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForecastMethod>))]
public enum ForecastMethod : byte
{
    /// <summary>One side can be reached as it is; the other calls it.</summary>
    Call,

    /// <summary>Both share a network, or a NAT, and meet inside.</summary>
    LocalNetwork,

    /// <summary>Both send to the other's known outer endpoint.</summary>
    Punch,

    /// <summary>One side's outer port is learnt from its packet, which the other's filter lets in.</summary>
    PunchThroughOpenFilter,

    /// <summary>Both send to the other's outer endpoint, and their common NAT turns the packets round.</summary>
    PunchByHairpin,

    /// <summary>Over the relay, which both reach by UDP.</summary>
    Relay,

    /// <summary>Over the relay, which at least one side reaches by TCP: over HTTPS, on the switchboard's own port.</summary>
    RelayOverTcp,

    /// <summary>Ports that move by a rule, or within a range, are learnt or guessed.</summary>
    Predict,

    /// <summary>Not built yet: a router is asked for a port that anybody may send to (UPnP, NAT-PMP, PCP).</summary>
    PortMapping,

    /// <summary>Not built yet: both open a TCP connection at once.</summary>
    PunchOverTcp,
}
