using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>What one line of a packaged macro or service opens.</summary>
internal sealed record Opening(IpProtocol Protocol, PortSet Destination, PortSet Source)
{
    public OpeningSide Side { get; init; }

    public byte? IcmpType { get; init; }

    /// <summary>The group or host that the line names; null for any.</summary>
    public AddressSet? Group { get; init; }

    public override string ToString() =>
        $"{Protocol} to {Destination}{(Source.IsAny ? "" : $" from {Source}")}{(IcmpType is { } type ? $" type {type}" : "")}"
        + $"{(Group is { } group ? $" at {group}" : "")}, {Side}";
}
