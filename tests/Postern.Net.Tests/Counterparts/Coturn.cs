using Postern.Lab.Foreign;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Debian's coturn with one user, on one address of a namespace, UDP only.</summary>
internal sealed class Coturn : IAsyncDisposable
{
    private const int Port = 3478;

    private readonly ForeignProcess _process;
    private readonly DirectoryInfo _folder;

    private Coturn(ForeignProcess process, DirectoryInfo folder, TurnCredentials credentials)
    {
        _process = process;
        _folder = folder;
        Credentials = credentials;
    }

    /// <summary>How a client reaches it.</summary>
    public TurnCredentials Credentials { get; }

    /// <summary>Starts the server and waits until it listens.</summary>
    public static async Task<Coturn> StartAsync(string? network, string address)
    {
        var credentials = new TurnCredentials(address, Port, "counterpart", Guid.NewGuid().ToString("N"));
        var folder = Directory.CreateTempSubdirectory("postern-coturn-");
        var settings = Path.Combine(folder.FullName, "turnserver.conf");
        await File.WriteAllTextAsync(settings, Settings(credentials, folder.FullName));
        var server = new Coturn(ForeignProcess.Start(network, null, "turnserver", "-c", settings), folder, credentials);
        try
        {
            await server.ListeningAsync(network);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Settings(TurnCredentials credentials, string folder) => $"""
        listening-ip={credentials.Address}
        relay-ip={credentials.Address}
        listening-port={credentials.Port}
        lt-cred-mech
        realm=counterparts
        user={credentials.User}:{credentials.Password}
        no-tcp
        no-tls
        no-dtls
        no-cli
        no-multicast-peers
        userdb={folder}/users.sqlite
        pidfile={folder}/turnserver.pid
        log-file=stdout

        """;

    private async Task ListeningAsync(string? network)
    {
        _ = _process.Output.CopyToAsync(Stream.Null);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var sockets = await ForeignProcess.RunAsync(network, "ss", "-Hlun", $"sport = :{Port}");
            if (sockets.Contains($"{Credentials.Address}:{Port}", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"coturn does not listen.\n{_process.Complaints}");
    }
}
