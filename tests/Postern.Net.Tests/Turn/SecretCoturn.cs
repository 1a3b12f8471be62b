using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Turn;

/// <summary>Debian's coturn on loopback with a shared secret; loopback peers allowed.</summary>
internal sealed class SecretCoturn : IDisposable
{
    public const string Secret = "west";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postern-coturn-");
    private readonly Background _server;

    public SecretCoturn(params string[] more)
    {
        Port = FreePort.Next(2);
        string[] options =
        [
            "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", $"--listening-port={Port}", "--use-auth-secret", $"--static-auth-secret={Secret}",
            "--realm=counterparts", "--no-tcp", "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers", $"--userdb={_folder.FullName}/users.sqlite",
            $"--pidfile={_folder.FullName}/turnserver.pid", "--log-file=stdout", "--simple-log", .. more,
        ];
        _server = new("turnserver", options);
        for (var attempt = 0; attempt < 100 && !Shell.Run("ss", ["-Hlun", $"sport = :{Port}"]).Contains($":{Port}", StringComparison.Ordinal); attempt++)
        {
            Thread.Sleep(100);
        }
    }

    public int Port { get; }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }
}
