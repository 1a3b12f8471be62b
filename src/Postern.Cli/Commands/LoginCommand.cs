using System.Text.Json.Nodes;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Protocol.Probing;

namespace Postern.Cli.Commands;

/// <summary><c>postern login NAME[@SERVER]</c>: claims a name with this profile's key, or proves that it is ours.</summary>
internal sealed class LoginCommand(ProfileStore store, Output output)
{
    /// <summary>So long the first call's NAT is measured beforehand; what takes longer is measured with that call.</summary>
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(4);

    /// <param name="address">NAME or NAME@SERVER.</param>
    /// <param name="probe">How much networks may be bothered from now on; null leaves it as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<int> RunAsync(string address, ProbeMode? probe, CancellationToken cancellationToken)
    {
        var profile = Parse(address, store.Load());
        profile = profile with { Probe = probe ?? profile.Probe };
        await using (var client = await ClientOpening.OpenAsync(store, profile, cancellationToken).ConfigureAwait(false))
        {
            store.Save(profile);
            if (!client.StunServers.All(server => server.Address.IsLoopback)) // where there is a NAT to know
            {
                await ((Task)client.NatReports).WaitAsync(Measuring, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        output.Line($"You are {profile.Name} at {profile.Server}.");
        output.Object(new JsonObject { ["name"] = profile.Name, ["server"] = profile.Server, ["key"] = store.Identity().PublicKey });
        return ExitCode.Success;
    }

    private static Profile Parse(string address, Profile? before)
    {
        var at = address.LastIndexOf('@');
        var (text, server) = at < 0 ? (address, before?.Server ?? Profile.DefaultServer) : (address[..at], address[(at + 1)..]);
        return new(Naming.Canonical(text), ServerName.WithPort(server)) { Probe = before?.Probe };
    }
}
