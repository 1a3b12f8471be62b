using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Protocol.Net;

namespace Postern.Server;

/// <summary>How switchboard and relay are run together in one process.</summary>
public sealed record PosternServerOptions
{
    /// <summary>Where to listen: the first for the switchboard (TCP), all for the relay (UDP of that number and the next). A second address of a family serves the NAT test.</summary>
    public required IReadOnlyList<Endpoint> Listen { get; init; }

    /// <summary>The address under which the world reaches this machine, where that is another than the one listened on.</summary>
    public IpAddress? PublicAddress { get; init; }

    /// <summary>The folder for names, keys and secrets; made where it is missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Prefixes that the relay may reach although they are private; for laboratories.</summary>
    public IReadOnlyList<IpPrefix> AllowedPeers { get; init; } = [];

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
