using System.Text.Json.Nodes;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Protocol.Switching.Identity;

namespace Postern.Cli.Commands;

/// <summary><c>postern status</c>: who we are, where, whom we know, and whether the switchboard answers.</summary>
internal sealed class StatusCommand(ProfileStore store, Output output)
{
    public async Task<int> RunAsync(string? server, CancellationToken cancellationToken)
    {
        if (server is not null)
        {
            return await new ServerStatus(output).RunAsync(server, cancellationToken).ConfigureAwait(false);
        }

        if (store.Load() is not { } profile)
        {
            output.Line($"Nobody yet: 'postern login NAME@SERVER' claims a name; without a server it is {Profile.DefaultServer}.");
            output.Object(new JsonObject { ["profile"] = store.ProfileName, ["name"] = null });
            return ExitCode.Success;
        }

        var reachable = await IsReachableAsync(profile, cancellationToken).ConfigureAwait(false);
        var contacts = store.Contacts(profile.Server).All();
        output.Line($"{profile.Name} at {profile.Server}, profile {store.ProfileName}, key {SafetyNumber.Short(store.Identity().PublicKey)}{(profile.Probe is { } mode ? $", probing {ProbeOption.InWords(mode)}" : "")}");
        output.Line(reachable.Sentence);
        foreach (var (name, key) in contacts.Where(contact => !contact.Key.StartsWith('@')))
        {
            output.Line($"  knows {name}, key {SafetyNumber.Short(key)}");
        }

        output.Object(new JsonObject
        {
            ["profile"] = store.ProfileName,
            ["name"] = profile.Name,
            ["server"] = profile.Server,
            ["key"] = store.Identity().PublicKey,
            ["probe"] = ProbeOption.InWords(profile.Probe ?? Protocol.Probing.ProbeMode.Polite),
            ["reachable"] = reachable.Code == ExitCode.Success,
            ["contacts"] = new JsonObject(contacts.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
        });
        return reachable.Code;
    }

    // Without logging in: that would take the name from a chat of ours that runs beside.
    private static async Task<(int Code, string Sentence)> IsReachableAsync(Profile profile, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{profile.Server}/healthz"), cancellationToken).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
            return (ExitCode.Success, "The switchboard answers.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (ExitCode.ServerUnreachable, $"The switchboard at {profile.Server} cannot be reached; is 'postern up' running there?");
        }
    }
}
