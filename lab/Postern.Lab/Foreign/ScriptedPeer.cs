using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Lab.Foreign;

/// <summary>A foreign peer that a script drives: each script knows the same requests, with JSON both ways.</summary>
internal abstract class ScriptedPeer : IForeignPeer
{
    public async Task<string> CreateOfferAsync() => Text(await AskAsync("offer", []), "sdp");

    public async Task<string> AnswerAsync(string offer) => Text(await AskAsync("answer", new() { ["sdp"] = offer }), "sdp");

    public Task AcceptAnswerAsync(string answer) => AskAsync("accept", new() { ["sdp"] = answer });

    public Task AddCandidateAsync(string candidate) => AskAsync("candidate", new() { ["candidate"] = candidate });

    public Task OpenAsync() => AskAsync("open", []);

    public async Task<string> SendAsync(int bytes, uint seed, int size) =>
        Text(await AskAsync("send", new() { ["bytes"] = bytes, ["seed"] = seed, ["size"] = size }), "sha256");

    public async Task<string> ReceivedAsync(int bytes) => Text(await AskAsync("receive", new() { ["bytes"] = bytes }), "sha256");

    public Task SendTextAsync(string text) => AskAsync("text", new() { ["text"] = text });

    public async Task<string> ReadTextAsync() => Text(await AskAsync("read", []), "text");

    public async Task<ForeignPair> SelectedPairAsync()
    {
        var pair = await TransportAsync();
        return new(Text(pair, "local"), Text(pair, "remote"));
    }

    /// <summary>The selected pair, and what else the script knows of its transport.</summary>
    public Task<JsonElement> TransportAsync() => AskAsync("pair", []);

    public Task CloseAsync() => AskAsync("close", []);

    public Task ClosedAsync() => AskAsync("closed", []);

    public abstract ValueTask DisposeAsync();

    /// <summary>Bounded in time; throws where the script refuses.</summary>
    protected abstract Task<JsonElement> AskAsync(string request, JsonObject arguments);

    protected static string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;
}
