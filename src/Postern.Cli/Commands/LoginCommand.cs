using System.Text.Json.Nodes;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern login NAME[@SERVER]</c>: claims a name with this profile's key, or proves that it is ours.</summary>
internal sealed class LoginCommand(ProfileStore store, Output output)
{
    public async Task<int> RunAsync(string address, CancellationToken cancellationToken)
    {
        var profile = Parse(address, store.Load());
        await using (await ClientOpening.OpenAsync(store, profile, cancellationToken).ConfigureAwait(false))
        {
            store.Save(profile);
        }

        output.Line($"You are {profile.Name} at {profile.Server}.");
        output.Object(new JsonObject { ["name"] = profile.Name, ["server"] = profile.Server, ["key"] = store.Identity().PublicKey });
        return ExitCode.Success;
    }

    private static Profile Parse(string address, Profile? before)
    {
        var at = address.LastIndexOf('@');
        var (text, server) = at < 0 ? (address, before?.Server ?? Profile.DefaultServer) : (address[..at], address[(at + 1)..]);
        return new(Naming.Canonical(text), ServerName.WithPort(server));
    }
}
