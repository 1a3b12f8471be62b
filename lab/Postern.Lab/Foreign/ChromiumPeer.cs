using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Lab.Foreign;

/// <summary>A page of headless Chromium as a foreign peer: <c>peer.js</c>. Of its transport it also knows DTLS (version, cipher, role) and ICE (role, changes of pair).</summary>
internal sealed class ChromiumPeer : ScriptedPeer
{
    private readonly ChromiumBrowser _browser;
    private readonly TimeSpan _patience;
    private string? _session;

    private ChromiumPeer(ChromiumBrowser browser, TimeSpan patience)
    {
        _browser = browser;
        _patience = patience;
    }

    /// <summary>Starts a browser of its own and the peer in it.</summary>
    /// <param name="options">Where and with which relay.</param>
    /// <param name="mediaGranted">
    /// False is a page as most are: candidates from the default route only, so there must be one. True is a page that may use
    /// the microphone: candidates from all interfaces, loopback included, and active TCP ones.
    /// </param>
    public static async Task<ChromiumPeer> StartAsync(ForeignPeerOptions options, bool mediaGranted = false)
    {
        var peer = new ChromiumPeer(ChromiumBrowser.Start(options.Namespace), options.Patience);
        try
        {
            if (mediaGranted)
            {
                await peer._browser.CallAsync("Browser.grantPermissions", new() { ["permissions"] = new JsonArray("audioCapture", "videoCapture") }, null, peer._patience);
            }

            await peer.LoadAsync();
            await peer.AskAsync("configure", IceServers.Configuration(options));
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public override ValueTask DisposeAsync() => _browser.DisposeAsync();

    protected override Task<JsonElement> AskAsync(string request, JsonObject arguments) => EvaluateAsync($"peer.{request}({arguments.ToJsonString()})");

    private async Task LoadAsync()
    {
        ForeignSources.Write("peer.js", _browser.Folder);
        var page = new Uri(ForeignSources.Write("peer.html", _browser.Folder)).AbsoluteUri;
        var target = await _browser.CallAsync("Target.createTarget", new() { ["url"] = page }, null, _patience);
        var attach = new JsonObject { ["targetId"] = Text(target, "targetId"), ["flatten"] = true };
        _session = Text(await _browser.CallAsync("Target.attachToTarget", attach, null, _patience), "sessionId");
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if ((await EvaluateAsync("typeof peer")).GetString() == "object")
            {
                return;
            }

            await Task.Delay(50); // until the navigation has replaced the empty first document
        }

        throw new TimeoutException($"Chromium does not load {page}.");
    }

    private async Task<JsonElement> EvaluateAsync(string expression)
    {
        var parameters = new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true };
        var answer = await _browser.CallAsync("Runtime.evaluate", parameters, _session, _patience);
        if (answer.TryGetProperty("exceptionDetails", out var details))
        {
            throw new InvalidOperationException($"Chromium, asked {expression}: {Cause(details)}");
        }

        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    private static string Cause(JsonElement details) =>
        details.TryGetProperty("exception", out var thrown) && thrown.TryGetProperty("description", out var words) ? words.GetString()!.Split('\n')[0] : $"{details}";
}
