namespace Postern.Sessions.Dtls.Handshake;

/// <summary>Which message a client waits for.</summary>
internal enum ClientStep : byte
{
    Unstarted,
    ServerHello,
    Certificate,
    ServerKeyExchange,
    CertificateRequest,
    ServerHelloDone,
    Finished,
    Complete,
}
