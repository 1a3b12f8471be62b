namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>A client's side of what is said before a tunnel. Nothing that a proxy says makes it throw.</summary>
internal interface IProxyRequest
{
    /// <summary>What the client says first.</summary>
    byte[] Begin();

    /// <summary>Takes what the proxy says; nothing more once the tunnel stands or is refused.</summary>
    RequestTurn Take(ReadOnlySpan<byte> bytes);
}
