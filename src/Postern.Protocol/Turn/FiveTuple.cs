using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Client and server endpoint (RFC 8656 §2). The protocol shows in the server's: that of a stream has port 0, which no datagram has.</summary>
internal readonly record struct FiveTuple(Endpoint Client, Endpoint Server)
{
    public bool IsStream => Server.Port == 0;
}
