using Postern.Sessions.Dtls.Messages;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>One side of a handshake: fed with whole messages in order, it adds flights and keys to its <see cref="HandshakeContext"/>.</summary>
internal interface IHandshake
{
    /// <summary>Whether the next message should be the peer's certificate, which cannot be judged before its fingerprint is known.</summary>
    bool AwaitsCertificate { get; }

    /// <summary>Both Finished were exchanged and verified.</summary>
    bool IsComplete { get; }

    /// <summary>Sends what this side sends unasked.</summary>
    void Start();

    /// <summary>Anything but <see cref="DtlsFailure.None"/> ends the handshake.</summary>
    DtlsFailure Handle(HandshakeMessage message);
}
