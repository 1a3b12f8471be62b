using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Benchmarks.Relay;

/// <summary>A relay on loopback in another process.</summary>
internal interface IMeasuredRelay : IDisposable
{
    string Name { get; }

    int ProcessId { get; }

    Endpoint Server { get; }

    TurnRestCredential Credential { get; }
}
