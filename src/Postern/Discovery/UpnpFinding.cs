using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Discovery;

/// <summary>What was found out of a UPnP gateway.</summary>
internal sealed record UpnpFinding
{
    public MappingPresence Presence { get; init; }

    /// <summary>Who answered; <see cref="IpAddress.Any"/> for nobody.</summary>
    public IpAddress Responder { get; init; } = IpAddress.Any;

    /// <summary>The gateway's outer address as it says.</summary>
    public IpAddress External { get; init; } = IpAddress.Any;

    /// <summary>UPnP's error code; 0 for none.</summary>
    public int Error { get; init; }

    /// <summary>False where a test mapping was given and its return was not confirmed.</summary>
    public bool IsCleanedUp { get; init; } = true;
}
