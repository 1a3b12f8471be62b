using System.Runtime.CompilerServices;
using System.Text.Json;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>The real binary on the hosts of a network, each with its own home.</summary>
internal sealed class PosternHost(Network network, Host host, string name)
{
    private readonly string _home = Path.Combine(network.Folder, $"home-{name}");

    public Host Host => host;

    public string Name => name;

    private Dictionary<string, string> Environment => new()
    {
        ["HOME"] = _home,
        ["XDG_CONFIG_HOME"] = Path.Combine(_home, "config"),
        ["XDG_DATA_HOME"] = Path.Combine(_home, "data"),
        ["XDG_STATE_HOME"] = Path.Combine(_home, "state"),
        ["DOTNET_TieredPGO"] = "0",
    };

    public static string Binary { get; } = Path.Combine(Root(), "src", "Postern.Cli", "bin", "Release", "net10.0", "Postern.Cli");

    public Background Start(params string[] arguments) => host.Start(Binary, arguments, Environment);

    public Outcome Run(params string[] arguments) => Run(40, arguments);

    public Outcome Run(double seconds, params string[] arguments) => host.Run(Binary, arguments, Environment, seconds);

    /// <summary>Runs the server here, where private addresses may be relayed to, and waits until it stands.</summary>
    public Background Up(params string[] more) => UpAt(host.Address, more);

    /// <summary>The same at another place than the usual.</summary>
    public Background UpAt(string listen, params string[] more)
    {
        var up = Start(["up", "--listen", listen, "--data", Path.Combine(_home, "server"), .. more]);
        up.WaitFor("Postern is up.", 20);
        return up;
    }

    /// <summary>Claims the name at the server.</summary>
    public PosternHost Login(string server)
    {
        Run("login", $"{name}@{server}").ShouldSatisfyAllConditions(login => login.ExitCode.ShouldBe(0, login.Errors));
        return this;
    }

    /// <summary>A chat whose input is typed by the test and whose output is JSON.</summary>
    public Background Chat(string peer) => Start("chat", peer, "--json");

    /// <summary>The JSON lines of a chat.</summary>
    public static IReadOnlyList<JsonElement> Events(Background chat) =>
        [.. chat.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{') && line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The texts that a chat has received, in order.</summary>
    public static IReadOnlyList<string> Texts(Background chat) =>
        [.. Events(chat).Where(e => e.GetProperty("event").GetString() == "message").Select(e => e.GetProperty("text").GetString()!)];

    /// <summary>The path that a chat took last.</summary>
    public static string? LastPath(Background chat) =>
        Events(chat).LastOrDefault(e => e.GetProperty("event").GetString() is "path" or "connected") is { ValueKind: JsonValueKind.Object } last
            ? last.GetProperty("path").GetString()
            : null;

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
