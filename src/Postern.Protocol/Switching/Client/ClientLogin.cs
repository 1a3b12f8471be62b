using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Client;

/// <summary>The client's half of a login: hello, proof, and the judgement whether the switchboard is the one we know.</summary>
internal sealed class ClientLogin(string name, SwitchboardClientOptions options, PeerIdentity identity, string run)
{
    private LoginProof? _proof;
    private string? _signature;

    /// <summary>The switchboard's key, once it has told it.</summary>
    public string? ServerKey => _proof?.ServerKey;

    /// <summary>The key is not the pinned one, or the welcome is not signed by it.</summary>
    public bool IsWrongServer { get; private set; }

    public ClientFrame Begin()
    {
        _proof = null;
        _signature = null;
        IsWrongServer = false;
        return new ClientFrame.Hello(ClientFrame.Version, name, identity.PublicKey, run, options.Host);
    }

    /// <summary>The proof for a challenge, nothing for the welcome; false for either at the wrong time.</summary>
    public bool TryAnswer(ServerFrame frame, out ClientFrame? answer)
    {
        answer = null;
        switch (frame)
        {
            case ServerFrame.Challenge challenge when _proof is null:
                answer = Prove(challenge);
                return true;
            case ServerFrame.Welcome welcome when _proof is not null && welcome.Name == name:
                IsWrongServer |= !_proof.VerifyCountersign(_signature!, welcome.Proof);
                return true;
            default:
                return false;
        }
    }

    private ClientFrame.Prove Prove(ServerFrame.Challenge challenge)
    {
        IsWrongServer = options.ServerKey is not null && options.ServerKey != challenge.Server;
        _proof = new LoginProof { Challenge = challenge.Nonce, ServerKey = challenge.Server, Host = options.Host, Name = name, Key = identity.PublicKey };
        _signature = _proof.Sign(identity);
        return new ClientFrame.Prove(_signature);
    }
}
