using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Lab.Foreign;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Debian's aiortc as a foreign peer: <c>tests/counterparts/aiortc_peer.py</c>.</summary>
internal sealed class AiortcPeer : IForeignPeer
{
    private readonly ForeignProcess _process;
    private readonly JsonConversation _talk;
    private readonly TimeSpan _patience;

    private AiortcPeer(ForeignProcess process, TimeSpan patience)
    {
        _process = process;
        _talk = new(process, (byte)'\n');
        _patience = patience;
    }

    /// <summary>Starts a peer.</summary>
    /// <param name="modernSdp">Offer <c>UDP/DTLS/SCTP webrtc-datachannel</c> (RFC 8841) instead of aiortc's default, the old <c>DTLS/SCTP 5000</c> with <c>sctpmap</c>.</param>
    public static async Task<AiortcPeer> StartAsync(ForeignPeerOptions options, bool modernSdp = false)
    {
        var process = ForeignProcess.Start(options.Namespace, null, "/usr/bin/python3", CounterpartFiles.Source("aiortc_peer.py"));
        var peer = new AiortcPeer(process, options.Patience);
        await peer.AskAsync("configure", IceServers.Configuration(options, ("modernSdp", modernSdp)));
        return peer;
    }

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
        var pair = await AskAsync("pair", []);
        return new(Text(pair, "local"), Text(pair, "remote"));
    }

    public Task CloseAsync() => AskAsync("close", []);

    public Task ClosedAsync() => AskAsync("closed", []);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

    private async Task<JsonElement> AskAsync(string request, JsonObject arguments)
    {
        arguments["do"] = request;
        var answer = await _talk.RequestAsync(arguments, _patience);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"aiortc, asked to {request}: {error}\n{_process.Complaints}")
            : answer;
    }
}
