using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>coturn as a STUN server with two addresses (RFC 5780 §2.2) on a host of a laboratory.</summary>
internal sealed class LabCoturn : IDisposable
{
    private readonly Background _process;
    private readonly string _file;

    /// <param name="lab">The laboratory.</param>
    /// <param name="host">A host of it.</param>
    /// <param name="one">One of the host's addresses.</param>
    /// <param name="other">The other one.</param>
    public LabCoturn(LabRun lab, string host, IpAddress one, IpAddress other)
    {
        Server = new(one, 3478);
        _file = Path.Combine(lab.Folder, "coturn.pid");
        _process = lab.StartInside(
            host, "turnserver", "-n", "-L", $"{one}", "-L", $"{other}", "-p", "3478", "--alt-listening-port", "3479", "--no-auth", "--no-tls", "--no-dtls", "--no-tcp",
            "--no-cli", "-E", $"{one}", "--log-file", "stdout", "--pidfile", _file, "--realm", "lab");
        SpinWait.SpinUntil(() => Shell.Run("ip", ["netns", "exec", lab.Namespace(host), "ss", "-Hlun", "sport = :3479"]).Contains($"{other}:3479", StringComparison.Ordinal), TimeSpan.FromSeconds(30))
            .ShouldBeTrue(_process.Output);
    }

    public Endpoint Server { get; }

    public void Dispose()
    {
        _process.Dispose();
        File.Delete(_file);
    }
}
