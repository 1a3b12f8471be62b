using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Lab.Foreign;
using Postern.Net.Tests.Counterparts;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>A page of a grid in headless Chromium, which has no network but loopback.</summary>
internal sealed class GridBrowser : IAsyncDisposable
{
    private const string Watch = """
        window.troubles = [];
        addEventListener('error', event => troubles.push(event.message));
        addEventListener('unhandledrejection', event => troubles.push(String(event.reason)));
        addEventListener('securitypolicyviolation', event => troubles.push(`${event.violatedDirective} ${event.blockedURI}`));
        for (const level of ['error', 'warn']) console[level] = (...words) => troubles.push(words.join(' '));
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ChromiumBrowser _browser;
    private string? _session;

    private GridBrowser(ChromiumBrowser browser) => _browser = browser;

    /// <summary>Opens a page and waits until it has loaded.</summary>
    public static async Task<GridBrowser> OpenAsync(Host host, string address)
    {
        var page = new GridBrowser(ChromiumBrowser.Start(host.Name));
        try
        {
            var target = await page._browser.CallAsync("Target.createTarget", new() { ["url"] = "about:blank" }, null, Patience);
            var attach = new JsonObject { ["targetId"] = target.GetProperty("targetId").GetString(), ["flatten"] = true };
            page._session = (await page._browser.CallAsync("Target.attachToTarget", attach, null, Patience)).GetProperty("sessionId").GetString();
            await page.CallAsync("Page.enable", []);
            await page.CallAsync("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = Watch });
            await page.CallAsync("Page.navigate", new() { ["url"] = address });
            await page.WaitAsync("location.protocol === 'file:' && document.readyState === 'complete'");
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an expression of JavaScript gives, as JSON.</summary>
    public async Task<JsonElement> AskAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true });
        return answer.TryGetProperty("exceptionDetails", out var thrown)
            ? throw new InvalidOperationException($"{expression}: {thrown}")
            : answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    public async Task<int> CountAsync(string selector) => (await AskAsync($"document.querySelectorAll('{selector}').length")).GetInt32();

    public async Task<string> TextAsync(string selector) => (await AskAsync($"document.querySelector('{selector}').textContent")).GetString()!;

    public async Task PressAsync(string key)
    {
        await CallAsync("Input.dispatchKeyEvent", new() { ["type"] = "keyDown", ["key"] = key });
        await CallAsync("Input.dispatchKeyEvent", new() { ["type"] = "keyUp", ["key"] = key });
    }

    /// <summary>The page as it would be printed.</summary>
    public async Task<byte[]> PrintAsync() =>
        Convert.FromBase64String((await CallAsync("Page.printToPDF", new() { ["preferCSSPageSize"] = true })).GetProperty("data").GetString()!);

    /// <summary>Everything that the page complained about, and every file that it asked for.</summary>
    public async Task<string> TroublesAsync() =>
        (await AskAsync("[...troubles, ...performance.getEntriesByType('resource').map(entry => entry.name)].join(' | ')")).GetString()!;

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    private Task<JsonElement> CallAsync(string method, JsonObject parameters) => _browser.CallAsync(method, parameters, _session, Patience);

    private async Task WaitAsync(string condition)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if ((await AskAsync(condition)).ValueKind == JsonValueKind.True)
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"The page never came to {condition}.");
    }
}
