using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Protocol.Nat;
using Postern.Protocol.Probing;

namespace Postern.Cli.Commands;

/// <summary>Registers this user at the switchboard, with a name made up where none was chosen.</summary>
internal static class ClientOpening
{
    /// <param name="store">The user's files.</param>
    /// <param name="output">Where a made-up name is told.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="measure">Whether to measure the NAT even where it was measured lately.</param>
    /// <param name="samples">How many sockets then show how ports move.</param>
    /// <param name="probe">How much networks may be bothered; null as the profile says.</param>
    public static async Task<PosternClient> OpenAsync(
        ProfileStore store,
        Output output,
        CancellationToken cancellationToken,
        bool measure = false,
        int samples = NatProberOptions.UsualSamples,
        ProbeMode? probe = null)
    {
        var profile = store.Load();
        if (profile is null)
        {
            profile = new(MadeUpName(store), Profile.DefaultServer);
            store.Save(profile);
            output.Remark($"You are {profile.Name} at {profile.Server}; 'postern login NAME@SERVER' chooses another name or server.");
        }

        var options = Options(store, profile) with { NatSamples = samples };
        return await PosternClient.RegisterAsync(
            options with { Probe = probe ?? options.Probe, NatAge = measure ? TimeSpan.Zero : options.NatAge }, cancellationToken).ConfigureAwait(false);
    }

    public static Task<PosternClient> OpenAsync(ProfileStore store, Profile profile, CancellationToken cancellationToken) =>
        PosternClient.RegisterAsync(Options(store, profile), cancellationToken);

    /// <summary>Keeps the report of an attempt that failed, for <c>why</c>.</summary>
    public static async Task<PosternSession> ReportingAsync(ProfileStore store, Task<PosternSession> connecting)
    {
        try
        {
            return await connecting.ConfigureAwait(false);
        }
        catch (ConnectException e) when (e.Report is { } report)
        {
            store.SaveReport(report);
            throw;
        }
    }

    private static PosternClientOptions Options(ProfileStore store, Profile profile) => new()
    {
        Server = profile.Switchboard,
        Name = profile.Name,
        Identity = store.Identity(),
        Contacts = store.Contacts(profile.Server),
        Probe = profile.Probe ?? ProbeMode.Polite,
        StateFolder = XdgFolders.State,
    };

    // The key's digest makes two users of one name differ, and the same user keep the name.
    private static string MadeUpName(ProfileStore store)
    {
        var user = new string([.. Environment.UserName.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(24)]);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(store.Identity().PublicKey)));
        return $"{(user.Length == 0 ? "guest" : user)}-{digest[..6]}";
    }
}
