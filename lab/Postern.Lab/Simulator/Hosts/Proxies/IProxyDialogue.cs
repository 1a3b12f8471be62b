using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>What a proxy and its client say to each other before the tunnel: bytes in, bytes out. Nothing that a client says makes it throw.</summary>
internal interface IProxyDialogue
{
    /// <summary>Takes what the client says; nothing more once a turn had a target or was the last.</summary>
    ProxyTurn Take(ReadOnlySpan<byte> bytes);

    /// <summary>The tunnel stands.</summary>
    /// <param name="local">The proxy's end towards the target.</param>
    byte[] Granted(Endpoint local);

    /// <summary>There will be none.</summary>
    byte[] Refused(ProxyRefusal reason);
}
