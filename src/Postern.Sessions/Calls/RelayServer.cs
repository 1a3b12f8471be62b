using Postern.Protocol.Net;

namespace Postern.Sessions.Calls;

/// <summary>A TURN server and what it takes to use it (RFC 8656).</summary>
/// <param name="Server">Its UDP endpoint.</param>
/// <param name="Username">A long-term username, such as <c>expiry:session:name</c>.</param>
/// <param name="Password">Its password. Never logged.</param>
public sealed record RelayServer(Endpoint Server, string Username, string Password)
{
    /// <summary>Whether it is also reached over a stream: a WebSocket beside the switchboard's.</summary>
    public bool OffersStream { get; init; }

    public override string ToString() => $"turn:{Server}";
}
