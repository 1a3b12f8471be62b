using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Lab.Foreign;

/// <summary>
/// Headless Chromium with a profile of its own in a temporary folder, spoken to over its DevTools pipe: file descriptors 3 and
/// 4, which works in any network namespace and ends the browser when our end of it closes.
/// </summary>
internal sealed class ChromiumBrowser : IAsyncDisposable
{
    /// <summary>Hands our two pipes on as the descriptors that Chromium expects.</summary>
    private const string Launcher = """exec "$@" 3<&0 4>&1 0</dev/null 1>&2""";

    private readonly ForeignProcess _process;
    private readonly JsonConversation _talk;
    private readonly DirectoryInfo _profile;

    private ChromiumBrowser(ForeignProcess process, DirectoryInfo profile)
    {
        _process = process;
        _profile = profile;
        _talk = new(process, 0);
    }

    /// <summary>Starts a browser; null is the network of this process.</summary>
    public static ChromiumBrowser Start(string? network)
    {
        var profile = Directory.CreateTempSubdirectory("postern-chromium-");
        string[] command = ["bash", "-c", Launcher, "chromium", ChromiumProgram.Name, .. Switches(profile.FullName), "about:blank"];
        return new(ForeignProcess.Start(network, profile.FullName, command), profile);
    }

    /// <summary>Its own, which goes with it; pages may lie there.</summary>
    public string Folder => _profile.FullName;

    /// <summary>Calls a method of the DevTools protocol; throws where it fails.</summary>
    public async Task<JsonElement> CallAsync(string method, JsonObject parameters, string? session, TimeSpan patience)
    {
        var request = new JsonObject { ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            request["sessionId"] = session;
        }

        var answer = await _talk.RequestAsync(request, patience);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"Chromium refused {method}: {error}\n{_process.Complaints}")
            : answer.GetProperty("result");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(100); // a child of the browser still writes its last file
            }
        }
    }

    private static string[] Switches(string profile) =>
    [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        "--disable-breakpad",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--allow-loopback-in-peer-connection",
        "--remote-debugging-pipe",
        $"--user-data-dir={profile}",
    ];
}
