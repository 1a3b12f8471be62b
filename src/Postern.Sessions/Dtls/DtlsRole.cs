namespace Postern.Sessions.Dtls;

/// <summary>Who speaks first. In WebRTC the answerer is usually the client (`a=setup:active`).</summary>
public enum DtlsRole : byte
{
    /// <summary>Sends the ClientHello.</summary>
    Client,

    /// <summary>Waits for it.</summary>
    Server,
}
