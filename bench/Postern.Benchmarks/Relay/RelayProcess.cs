using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Server.Relay;

namespace Postern.Benchmarks.Relay;

/// <summary>Our relay in a process of its own: this program, called in another way.</summary>
internal sealed class RelayProcess : IMeasuredRelay
{
    public const string Command = "serve-relay";
    private const string Secret = "bench";

    private readonly Process _process;

    public RelayProcess(ushort port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        start.ArgumentList.Add(Command);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        start.Environment["DOTNET_TieredPGO"] = "0"; // as src/Postern.Cli/Postern.Cli.csproj has it
        _process = Process.Start(start)!;
        Server = new(IpAddress.Loopback, port);
    }

    public string Name => "Postern";

    public int ProcessId => _process.Id;

    public Endpoint Server { get; }

    public TurnRestCredential Credential { get; } = TurnRestCredential.Mint(Secret, "session", "alice", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);

    /// <summary>Serves until whoever started us closes our input, or is gone.</summary>
    public static async Task ServeAsync(ushort port)
    {
        var driver = RelayDriver.Start(new()
        {
            Listen = [new(IpAddress.Loopback, port)],
            Users = new TurnRestUsers(Secret),
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
        });
        await using (driver.ConfigureAwait(false))
        {
            await Console.In.ReadLineAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
