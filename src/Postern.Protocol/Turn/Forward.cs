using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Bytes to send on: a part of the caller's own buffer, so that nothing is copied.</summary>
/// <param name="via">The socket to send from: a relayed endpoint, or the listening endpoint towards a client.</param>
/// <param name="target">Where to.</param>
/// <param name="payload">What; a view into the buffer that was handed in.</param>
public readonly ref struct Forward(Endpoint via, Endpoint target, ReadOnlySpan<byte> payload)
{
    public Endpoint Via { get; } = via;

    public Endpoint Target { get; } = target;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
