using System.Diagnostics;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Benchmarks.Relay;

/// <summary>Debian's coturn with its defaults, but for loopback, which it has to be allowed, and what it would write.</summary>
internal sealed class CoturnProcess : IMeasuredRelay
{
    private const string Program = "turnserver";
    private const string Secret = "bench";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postern-bench-");
    private readonly Process _process;

    public CoturnProcess(ushort port)
    {
        string[] options =
        [
            "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", $"--listening-port={port}", "--use-auth-secret", $"--static-auth-secret={Secret}",
            "--realm=bench", "--no-tcp", "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers", $"--userdb={_folder.FullName}/users.sqlite",
            $"--pidfile={_folder.FullName}/turnserver.pid", "--log-file=/dev/null", "--no-stdout-log",
        ];
        _process = Process.Start(new ProcessStartInfo(Program, options) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Server = new(IpAddress.Loopback, port);
    }

    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Program)));

    public string Name => "coturn";

    public int ProcessId => _process.Id;

    public Endpoint Server { get; }

    public TurnRestCredential Credential { get; } = TurnRestCredential.Mint(Secret, "", "alice", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit(2000);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
