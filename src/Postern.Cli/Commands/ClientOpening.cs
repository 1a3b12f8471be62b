using Postern.Cli.Terminal;
using Postern.Cli.Profiles;

namespace Postern.Cli.Commands;

/// <summary>Registers this user at the switchboard, with a name made up where none was chosen.</summary>
internal static class ClientOpening
{
    public static async Task<PosternClient> OpenAsync(ProfileStore store, Output output, CancellationToken cancellationToken)
    {
        var profile = store.Load();
        if (profile is null)
        {
            profile = new(MadeUpName(store), Profile.DefaultServer);
            store.Save(profile);
            output.Remark($"You are {profile.Name} at {profile.Server}; 'postern login NAME@SERVER' chooses another name or server.");
        }

        return await OpenAsync(store, profile, cancellationToken).ConfigureAwait(false);
    }

    public static Task<PosternClient> OpenAsync(ProfileStore store, Profile profile, CancellationToken cancellationToken) =>
        PosternClient.RegisterAsync(
            new()
            {
                Server = profile.Switchboard,
                Name = profile.Name,
                Identity = store.Identity(),
                Contacts = store.Contacts(),
            },
            cancellationToken);

    // The key's digest makes two users of one name differ, and the same user keep the name.
    private static string MadeUpName(ProfileStore store)
    {
        var user = new string([.. Environment.UserName.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(24)]);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(store.Identity().PublicKey)));
        return $"{(user.Length == 0 ? "guest" : user)}-{digest[..6]}";
    }
}
