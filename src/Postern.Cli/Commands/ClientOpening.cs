using System.Net;
using System.Net.Sockets;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Discovery;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Cli.Commands;

/// <summary>Registers this user at the switchboard, with a name made up where none was chosen.</summary>
internal static class ClientOpening
{
    public static async Task<PosternClient> OpenAsync(
        ProfileStore store, Output output, CancellationToken cancellationToken, bool measure = false, int samples = NatProberOptions.UsualSamples)
    {
        var profile = store.Load();
        if (profile is null)
        {
            profile = new(MadeUpName(store), Profile.DefaultServer);
            store.Save(profile);
            output.Remark($"You are {profile.Name} at {profile.Server}; 'postern login NAME@SERVER' chooses another name or server.");
        }

        return await OpenAsync(store, profile, cancellationToken, measure, samples).ConfigureAwait(false);
    }

    /// <param name="store">The user's files.</param>
    /// <param name="profile">Who and where.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="measure">Whether to measure the NAT even where it was measured lately.</param>
    /// <param name="samples">How many sockets then show how ports move.</param>
    public static async Task<PosternClient> OpenAsync(
        ProfileStore store, Profile profile, CancellationToken cancellationToken, bool measure = false, int samples = NatProberOptions.UsualSamples)
    {
        var local = (await LocalAddressAsync(profile, cancellationToken).ConfigureAwait(false)).ToString();
        var known = measure ? null : store.LoadNat(profile.Server, local, DateTimeOffset.UtcNow);
        var client = await PosternClient.RegisterAsync(
            new()
            {
                Server = profile.Switchboard,
                Name = profile.Name,
                Identity = store.Identity(),
                Contacts = store.Contacts(profile.Server),
                NatReports = known,
                NatSamples = samples,
            },
            cancellationToken).ConfigureAwait(false);
        if (known is null)
        {
            _ = RememberAsync(store, profile, local, client);
        }

        return client;
    }

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

    private static async Task RememberAsync(ProfileStore store, Profile profile, string local, PosternClient client)
    {
        var reports = await client.NatReports.ConfigureAwait(false);
        if (reports.Count > 0)
        {
            store.SaveNat(new(profile.Server, local, DateTimeOffset.UtcNow, reports));
        }
    }

    private static async Task<IpAddress> LocalAddressAsync(Profile profile, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(profile.Switchboard.DnsSafeHost, cancellationToken).ConfigureAwait(false);
            return addresses.Select(address => LocalAddresses.RouteTo(address)).FirstOrDefault(local => local is not null) ?? IpAddress.Any;
        }
        catch (SocketException)
        {
            return IpAddress.Any; // registering will say what is wrong
        }
    }

    // The key's digest makes two users of one name differ, and the same user keep the name.
    private static string MadeUpName(ProfileStore store)
    {
        var user = new string([.. Environment.UserName.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(24)]);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(store.Identity().PublicKey)));
        return $"{(user.Length == 0 ? "guest" : user)}-{digest[..6]}";
    }
}
