using System.Diagnostics;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Foreign;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts.Proxies;

namespace Postern.Lab.Grid.Real;

/// <summary>A real proxy on a host of a laboratory: squid for HTTP, Dante for SOCKS5, each letting in and out what Debian's own configuration does at most.</summary>
internal sealed class RealProxy : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RealProgram _program;

    private RealProxy(RealProgram program, ProxyProtocol protocol, string address) => (_program, Protocol, Url) =
        (program, protocol, $"{(protocol == ProxyProtocol.Http ? "http" : "socks5")}://{address}:{ProxyRules.PortOf(protocol)}");

    public ProxyProtocol Protocol { get; }

    /// <summary>As all_proxy names it.</summary>
    public string Url { get; }

    /// <summary>Throws <see cref="MissingProgramException"/> where a proxy that programs behind these boxes need is not on this machine.</summary>
    /// <param name="boxes">By their ids in the catalogue.</param>
    public static void Require(IEnumerable<string> boxes)
    {
        foreach (var protocol in boxes.Select(box => WayOut.ProxyOf(BoxCatalogue.All[box])).OfType<ProxyProtocol>().Distinct())
        {
            var (program, package, name) = protocol == ProxyProtocol.Http ? ("squid", "squid", "The HTTP proxy") : ("danted", "dante-server", "The SOCKS proxy");
            if (!SearchPath.Has(program))
            {
                throw MissingProgramException.Of(name, [package]);
            }
        }
    }

    /// <summary>Starts it; where that fails, <see cref="LabException"/> says why.</summary>
    /// <param name="protocol">Which of the two.</param>
    /// <param name="lab">The laboratory.</param>
    /// <param name="address">Of the host that is called "proxy".</param>
    /// <param name="folder">Where its configuration goes.</param>
    /// <param name="stop">Ends the waiting.</param>
    public static RealProxy Start(ProxyProtocol protocol, string lab, string address, string folder, CancellationToken stop)
    {
        var port = ProxyRules.PortOf(protocol);
        var configuration = Path.Combine(folder, $"{protocol}.conf");
        File.WriteAllText(configuration, protocol == ProxyProtocol.Http ? Squid(address, port) : Dante(address, port));
        string[] command = protocol == ProxyProtocol.Http
            ? ["sh", "-c", "mount -t tmpfs tmpfs /dev/shm && exec squid -N -f \"$0\"", configuration] // in a mount namespace of its own: its shared memory would outlive it
            : ["danted", "-f", configuration, "-p", Path.Combine(folder, "danted.pid")];
        var program = new RealProgram(command[0], lab, LabProxy.Name, folder, null, command[1..]);
        var clock = Stopwatch.StartNew();
        while (!Listens(lab, port))
        {
            stop.ThrowIfCancellationRequested();
            if (program.HasEnded || clock.Elapsed > Patience)
            {
                program.Dispose();
                throw new LabException($"The {protocol} proxy does not start: {program.Said.Trim()}");
            }

            Thread.Sleep(Pause);
        }

        return new(program, protocol, address);
    }

    public void Dispose() => _program.Dispose();

    private static bool Listens(string lab, ushort port) =>
        Command.Run("ip", ["netns", "exec", LabNames.Namespace(lab, LabProxy.Name), "ss", "-Htln"]).Contains($":{port} ", StringComparison.Ordinal);

    private static string Squid(string address, ushort port) => $"""
        http_port {address}:{port}
        acl TLS port 443
        acl CONNECT method CONNECT
        http_access deny CONNECT !TLS
        http_access allow all
        cache deny all
        access_log none
        cache_log /dev/null
        pid_filename none
        coredump_dir /
        visible_hostname proxy
        shutdown_lifetime 0 seconds

        """;

    private static string Dante(string address, ushort port) => $$"""
        logoutput: stderr
        internal: {{address}} port = {{port}}
        external: {{address}}
        clientmethod: none
        socksmethod: none
        user.privileged: root
        user.unprivileged: nobody
        client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
        socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 command: connect }

        """;
}
