using System.Text.Json.Serialization;
using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>One new mapping as it was seen.</summary>
/// <param name="LocalPort">The inner port.</param>
/// <param name="Destination">The server's endpoint that was asked.</param>
/// <param name="Mapped">The outer endpoint it saw.</param>
/// <param name="IsRepeated">Whether the request had to be repeated, so that its place in the order is not certain.</param>
public sealed record PortSample(
    ushort LocalPort,
    [property: JsonConverter(typeof(EndpointConverter))] Endpoint Destination,
    [property: JsonConverter(typeof(EndpointConverter))] Endpoint Mapped,
    bool IsRepeated = false);
