namespace Postern.Sessions.Dtls.Handshake;

/// <summary>Which message a server waits for.</summary>
internal enum ServerStep : byte
{
    ClientHello,
    Certificate,
    ClientKeyExchange,
    CertificateVerify,
    Finished,
    Complete,
}
