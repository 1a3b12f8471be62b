using System.Buffers.Text;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Server;

/// <summary>From hello to welcome: who may have which name. Each step returns why not, or null.</summary>
internal sealed class LoginDesk(SwitchboardOptions options, NameDirectory names, PeerIdentity identity, IRandom random)
{
    private const int NonceBytes = 32;

    /// <summary>Gives the challenge.</summary>
    public RefusalCode? Hello(Attachment stranger, ClientFrame.Hello hello)
    {
        if (stranger.Hello is not null)
        {
            return RefusalCode.OutOfPlace;
        }

        if (hello.Protocol != ClientFrame.Version)
        {
            return RefusalCode.Version;
        }

        if (options.Hosts.Count > 0 && !options.Hosts.Any(ours => IsDialled(ours, hello.Host)))
        {
            return RefusalCode.WrongHost;
        }

        var code = MayHave(hello);
        if (code is null)
        {
            stranger.Hello = hello;
            stranger.Challenge = Challenge(hello);
        }

        return code;
    }

    /// <summary>Judges the proof, which is good for one try; claims the name where it is free.</summary>
    public RefusalCode? Prove(Attachment stranger, string signature, Instant now, out bool claimed)
    {
        claimed = false;
        if (stranger is not { Challenge: { } challenge, Hello: { } hello })
        {
            return RefusalCode.OutOfPlace;
        }

        stranger.Challenge = null;
        if (!challenge.Verify(signature))
        {
            return RefusalCode.BadProof;
        }

        var code = MayHave(hello); // again: another may have claimed the name since the hello
        if (code is not null || names.KeyOf(hello.Name) is not null)
        {
            return code;
        }

        if (!stranger.Address.TryClaim(now))
        {
            return RefusalCode.TooManyNames;
        }

        names.Add(hello.Name, hello.Key);
        claimed = true;
        return null;
    }

    public string Countersign(LoginProof proof, string signature) => proof.Countersign(identity, signature);

    private RefusalCode? MayHave(ClientFrame.Hello hello) => names.KeyOf(hello.Name) switch
    {
        null when !options.OpenClaims || options.ReservedNames.Contains(hello.Name) => RefusalCode.NameReserved,
        null when names.Names >= options.MaximumNames => RefusalCode.TooManyNames,
        null => null,
        var known => known == hello.Key ? null : RefusalCode.WrongKey,
    };

    private LoginProof Challenge(ClientFrame.Hello hello)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        random.Fill(nonce);
        return new LoginProof
        {
            Challenge = Base64Url.EncodeToString(nonce),
            ServerKey = identity.PublicKey,
            Host = hello.Host,
            Name = hello.Name,
            Key = hello.Key,
        };
    }

    // HOST matches HOST and HOST:PORT
    private static bool IsDialled(string ours, string dialled) =>
        dialled.StartsWith(ours, StringComparison.OrdinalIgnoreCase) && (dialled.Length == ours.Length || dialled[ours.Length] == ':');
}
