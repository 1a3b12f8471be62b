using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Dtls;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>What a peer proves itself with. To make keys costs more than a whole world does, so worlds may share them.</summary>
public sealed class PeerKeys : IDisposable
{
    public PeerIdentity Identity { get; } = PeerIdentity.Create();

    public DtlsCertificate Certificate { get; } = DtlsCertificate.Create();

    public void Dispose()
    {
        Identity.Dispose();
        Certificate.Dispose();
    }
}
