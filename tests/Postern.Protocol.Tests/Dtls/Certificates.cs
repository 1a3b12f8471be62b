using Postern.Sessions.Dtls;

namespace Postern.Tests.Dtls;

/// <summary>Made once: their keys are slow.</summary>
public static class Certificates
{
    public static readonly DtlsCertificate Client = DtlsCertificate.Create();
    public static readonly DtlsCertificate Server = DtlsCertificate.Create();
    public static readonly DtlsCertificate Other = DtlsCertificate.Create();
}
