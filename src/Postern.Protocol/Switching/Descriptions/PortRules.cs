using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>What a notice of ports must keep to.</summary>
internal static class PortRules
{
    private const int MostOpened = 64;
    private const int MostPorts = 8;
    private const int MostAddresses = 16;
    private const int LongestEndpoint = 64;

    public static bool Keeps(SignalPayload.Ports notice) =>
        DescriptionRules.IsUfrag(notice.Ufrag)
        && notice.Opened.Count <= MostOpened && notice.Opened.All(Keeps)
        && (notice.Counter is null || Keeps(notice.Counter))
        && (notice.Fan is null || Keeps(notice.Fan))
        && (notice.Again is null || Enum.IsDefined(notice.Again.Value));

    private static bool Keeps(OpenedPort? opened) =>
        opened is not null && IsEndpoint(opened.At) && IsAddress(opened.Address)
        && opened.Ports is { Count: > 0 and <= MostPorts } && opened.Ports.All(IsPort);

    private static bool Keeps(PortCounter counter) =>
        IsEndpoint(counter.Last) && Math.Abs((long)counter.Step) is > 0 and <= ushort.MaxValue && counter.PerSecond is >= 0 and <= 1e6 && counter.Deviation is >= 0 and <= 1e6;

    private static bool Keeps(PortFan fan) =>
        IsEndpoint(fan.At) && IsAddress(fan.Address) && IsPort(fan.First) && fan.Size > 0 && fan.First + (long)fan.Size <= ushort.MaxValue + 1 && fan.Sockets > 0
        && (fan.Addresses is null || (fan.Addresses.Count <= MostAddresses && fan.Addresses.All(IsAddress)));

    private static bool IsPort(int port) => port is > 0 and <= ushort.MaxValue;

    private static bool IsEndpoint(string? text) => text is { Length: <= LongestEndpoint } && Endpoint.TryParse(text, out _);

    private static bool IsAddress(string? text) => text is { Length: <= LongestEndpoint } && IpAddress.TryParse(text, out _);
}
