using System.Text.Json.Nodes;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Protocol.Net;
using Postern.Server;
using Postern.Server.Storage;

namespace Postern.Cli.Commands;

/// <summary><c>postern up</c>: switchboard and relay in one process.</summary>
internal sealed class UpCommand(Output output)
{
    public async Task<int> RunAsync(string[] listen, string? publicAddress, string? data, string[] allowPeers, CancellationToken cancellationToken)
    {
        var options = new PosternServerOptions
        {
            Listen = [.. listen.Select(ParseListen)],
            PublicAddress = publicAddress is null ? default(IpAddress?) : ParseAddress(publicAddress),
            DataFolder = data ?? Path.Combine(XdgFolders.Data, "server"),
            AllowedPeers = [.. allowPeers.Select(ParsePrefix)],
        };
        await using var server = await StartAsync(options, cancellationToken).ConfigureAwait(false);
        Say(server, options);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        output.Line("Stopping.");
        return ExitCode.Success;
    }

    private static async Task<PosternServer> StartAsync(PosternServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await PosternServer.StartAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw new CliException(ExitCode.Failure, $"{e.Message} Choose another folder with --data.");
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot listen on {string.Join(", ", options.Listen)}: {e.Message.TrimEnd('.')}. Choose another with --listen ADDRESS:PORT.");
        }
    }

    private void Say(PosternServer server, PosternServerOptions options)
    {
        var first = server.Switchboard;
        output.Line("Postern is up.");
        output.Line($"  switchboard  ws://{first}");
        output.Line($"  relay        udp {string.Join(", ", server.RelayEndpoints)}");
        output.Line($"  data         {options.DataFolder}");
        output.Line("Next, in a second terminal:");
        output.Line(first.ToString() == Profile.DefaultServer
            ? "  ./postern chat echo \"hello\""
            : $"  ./postern login YOURNAME@{first with { Address = Reachable(server, options) }}");
        output.Object(new JsonObject
        {
            ["event"] = "up",
            ["switchboard"] = first.ToString(),
            ["relay"] = new JsonArray([.. server.RelayEndpoints.Select(endpoint => (JsonNode)endpoint.ToString())]),
            ["data"] = options.DataFolder,
        });
    }

    /// <summary>An address that others can type: not "all of them".</summary>
    private static IpAddress Reachable(PosternServer server, PosternServerOptions options) =>
        options.PublicAddress ?? (server.Switchboard.Address.IsUnspecified ? server.RelayEndpoints[0].Address : server.Switchboard.Address);

    private static Endpoint ParseListen(string text)
    {
        if (IpAddress.TryParse(text.Trim('[', ']'), out var address))
        {
            return new(address, Profile.DefaultPort);
        }

        return Endpoint.TryParse(text, out var endpoint) && endpoint.Port is > 0 and < ushort.MaxValue // the next one is the NAT test's
            ? endpoint
            : throw new CliException(ExitCode.Usage, $"'{text}' is no ADDRESS or ADDRESS:PORT to listen on; an example is 203.0.113.7:4780.");
    }

    private static IpAddress ParseAddress(string text) =>
        IpAddress.TryParse(text, out var address) ? address : throw new CliException(ExitCode.Usage, $"'{text}' is no IP address.");

    private static IpPrefix ParsePrefix(string text) =>
        IpPrefix.TryParse(text, out var prefix) ? prefix : throw new CliException(ExitCode.Usage, $"'{text}' is no prefix such as 10.0.0.0/8.");
}
