using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>What was found out of one protocol at one gateway.</summary>
public sealed record MappingFinding
{
    public required PortMappingProtocol Protocol { get; init; }

    public MappingPresence Presence { get; init; }

    /// <summary>The gateway's outer address as it says; <see cref="IpAddress.Any"/> where it did not.</summary>
    public IpAddress External { get; init; } = IpAddress.Any;

    /// <summary>The outer port of the test mapping; 0 where there was none.</summary>
    public ushort ExternalPort { get; init; }

    /// <summary>The last result that was no success; 0 for none.</summary>
    public ushort Result { get; init; }

    /// <summary>False where a test mapping was given and its return was not confirmed: it ends by itself after two minutes.</summary>
    public bool IsCleanedUp { get; init; } = true;
}
