namespace Postern.Lab.Namespaces;

/// <summary>A host or router of a laboratory that is up.</summary>
/// <param name="Name">In the topology.</param>
/// <param name="Kind">"host", "kernel router", "TUN router" or "internet".</param>
/// <param name="In">The network that it is in, or in which its network lies; empty for the internet itself.</param>
/// <param name="Box">Of a router: its box.</param>
/// <param name="Addresses">Of a host its own, of a router those outside.</param>
public sealed record LabMember(string Name, string Kind, string In, string? Box, IReadOnlyList<string> Addresses)
{
    public const string Host = "host";
    public const string KernelRouter = "kernel router";
    public const string TunRouter = "TUN router";
    public const string Core = "internet";
}
