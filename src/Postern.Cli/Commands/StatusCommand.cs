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
        var contacts = store.Contacts().All();
        output.Line($"{profile.Name} at {profile.Server}, profile {store.ProfileName}, key {SafetyNumber.Short(store.Identity().PublicKey)}");
        output.Line(reachable.Sentence);
        foreach (var (name, key) in contacts)
        {
            output.Line($"  knows {name}, key {SafetyNumber.Short(key)}");
        }

        output.Object(new JsonObject
        {
            ["profile"] = store.ProfileName,
            ["name"] = profile.Name,
            ["server"] = profile.Server,
            ["key"] = store.Identity().PublicKey,
            ["reachable"] = reachable.Code == ExitCode.Success,
            ["contacts"] = new JsonObject(contacts.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
        });
        return reachable.Code;
    }

    private async Task<(int Code, string Sentence)> IsReachableAsync(Profile profile, CancellationToken cancellationToken)
    {
        try
        {
            await using var me = await ClientOpening.OpenAsync(store, profile, cancellationToken).ConfigureAwait(false);
            return (ExitCode.Success, "The switchboard answers and knows you.");
        }
        catch (ConnectException e)
        {
            return (ExitCode.Of(e.Failure), e.Message);
        }
    }
}
