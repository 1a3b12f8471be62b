using Postern.Protocol.Switching.Identity;

namespace Postern.Server.Storage;

/// <summary>What a server must keep over a restart and tell nobody.</summary>
/// <param name="Turn">Shared by switchboard and relay: from it come the TURN passwords.</param>
/// <param name="Nonce">From it come the relay's nonces.</param>
/// <param name="Server">The switchboard's own key, which clients pin.</param>
/// <param name="Echo">The key of the built-in peer "echo".</param>
public sealed record ServerSecrets(byte[] Turn, byte[] Nonce, PeerIdentity Server, PeerIdentity Echo) : IDisposable
{
    public void Dispose()
    {
        Server.Dispose();
        Echo.Dispose();
    }

    public override string ToString() => nameof(ServerSecrets);
}
