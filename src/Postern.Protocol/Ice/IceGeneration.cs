using System.Text;

namespace Postern.Protocol.Ice;

/// <summary>The credentials of both sides between two restarts (RFC 8445 §9), with the bytes that checks need of them.</summary>
internal sealed class IceGeneration(IceCredentials local)
{
    private readonly byte[] _localPrefix = Encoding.UTF8.GetBytes(local.UsernameFragment + ":");

    public IceCredentials Local { get; } = local;

    public IceCredentials? Remote { get; private set; }

    public byte[] LocalKey { get; } = Encoding.UTF8.GetBytes(local.Password);

    /// <summary>Empty until the peer's credentials are known.</summary>
    public byte[] RemoteKey { get; private set; } = [];

    /// <summary>USERNAME of our checks: the peer's fragment, a colon, ours (RFC 8445 §7.2.2).</summary>
    public byte[] CheckUsername { get; private set; } = [];

    public void SetRemote(IceCredentials remote)
    {
        Remote = remote;
        RemoteKey = Encoding.UTF8.GetBytes(remote.Password);
        CheckUsername = Encoding.UTF8.GetBytes($"{remote.UsernameFragment}:{Local.UsernameFragment}");
    }

    /// <summary>RFC 8445 §7.3: the part before the colon is ours; integrity judges the rest.</summary>
    public bool IsAddressed(ReadOnlySpan<byte> username) => username.StartsWith(_localPrefix);
}
