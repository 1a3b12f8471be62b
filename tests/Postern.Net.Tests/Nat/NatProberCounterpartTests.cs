using System.Diagnostics;
using System.Net;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Nat;

/// <summary>Our prober over real sockets on loopback, where nothing translates nor filters.</summary>
[Trait("part", "net")]
public class NatProberCounterpartTests
{
    private static readonly IPAddress Client = IPAddress.Parse("127.0.0.3");

    [Fact]
    public void Our_prober_measures_against_our_server()
    {
        using var server = new SocketBindingServer();
        using var prober = new SocketProber(Client, open => open());
        ShouldBeOpen(prober.Measure(server.Primary));
    }

    [Fact]
    public void Our_prober_measures_against_coturn()
    {
        var port = (ushort)FreePort.Next(2);
        var pidFile = Path.Combine(Path.GetTempPath(), $"postern-coturn-{port}.pid");
        using var coturn = Process.Start(new ProcessStartInfo("turnserver")
        {
            ArgumentList =
            {
                "-n", "-L", "127.0.0.1", "-L", "127.0.0.2", "-p", $"{port}", "--alt-listening-port", $"{port + 1}", "--no-auth", "--no-tls", "--no-dtls", "--no-tcp",
                "--no-cli", "-E", "127.0.0.1", "--log-file", "stdout", "--pidfile", pidFile, "--allow-loopback-peers", "--realm", "test",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        coturn.OutputDataReceived += (_, _) => { };
        coturn.ErrorDataReceived += (_, _) => { };
        coturn.BeginOutputReadLine();
        coturn.BeginErrorReadLine();
        try
        {
            ShouldBeOpen(MeasureOnceItListens(new(IpAddress.Loopback, port)));
        }
        finally
        {
            coturn.Kill();
            coturn.WaitForExit(5000);
            File.Delete(pidFile);
        }
    }

    private static NatReport MeasureOnceItListens(Endpoint server)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var prober = new SocketProber(Client, open => open());
            var report = prober.Measure(server);
            if (!report.UdpBlocked || attempt == 4)
            {
                return report;
            }
        }
    }

    private static void ShouldBeOpen(NatReport report)
    {
        report.Unknowns.ShouldBeEmpty();
        (report.UdpBlocked, report.IsTranslated, report.Mapping, report.Filtering, report.Ports.Kind, report.Hairpin).ShouldBe(
            (false, false, NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortRuleKind.Kept, NatHairpin.NotNeeded));
        report.Ports.Samples.Count.ShouldBe(8);
        report.TookMilliseconds.ShouldBeLessThan(2000);
    }
}
