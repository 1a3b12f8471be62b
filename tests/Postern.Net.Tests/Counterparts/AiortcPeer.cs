using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Lab.Foreign;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Debian's aiortc as a foreign peer: <c>tests/counterparts/aiortc_peer.py</c>.</summary>
internal sealed class AiortcPeer : ScriptedPeer
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

    public override ValueTask DisposeAsync() => _process.DisposeAsync();

    protected override async Task<JsonElement> AskAsync(string request, JsonObject arguments)
    {
        arguments["do"] = request;
        var answer = await _talk.RequestAsync(arguments, _patience);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"aiortc, asked to {request}: {error}\n{_process.Complaints}")
            : answer;
    }
}
