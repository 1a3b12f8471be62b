using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Switching.Identity;

namespace Postern.Lab.Simulator;

/// <summary>The keys of two peers and of their server, for one world after the other; never for two at once.</summary>
public sealed class PairKeys : IDisposable
{
    public PeerKeys One { get; } = new();

    public PeerKeys Other { get; } = new();

    public PeerIdentity Server { get; } = PeerIdentity.Create();

    public void Dispose()
    {
        One.Dispose();
        Other.Dispose();
        Server.Dispose();
    }
}
