using System.Diagnostics;

namespace Postern.Net.Tests.Nat;

/// <summary>coturn's own clients ask our server over real sockets: two loopback addresses, two ports.</summary>
[Trait("part", "net")]
public sealed class BindingServerCounterpartTests : IDisposable
{
    private readonly SocketBindingServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Turnutils_natdiscovery_sees_no_nat_and_no_filter_on_loopback()
    {
        var mapping = await RunAsync("turnutils_natdiscovery", "-m");
        mapping.ShouldContain("Endpoint Independent Mapping");
        var filtering = await RunAsync("turnutils_natdiscovery", "-f");
        filtering.ShouldContain("Endpoint Independent Filtering");
    }

    [Fact]
    public async Task Turnutils_natdiscovery_sends_padding_and_gets_it_back()
    {
        (await RunAsync("turnutils_natdiscovery", "-m", "-P")).ShouldContain("Endpoint Independent Mapping");
    }

    [Fact]
    public async Task Turnutils_stunclient_gets_through_all_of_rfc_5780()
    {
        var output = await RunAsync("turnutils_stunclient", "-f");
        output.ShouldContain("RFC 5780 response");
        output.ShouldContain($"Other addr: : 127.0.0.2:{_server.SecondPort}");
        output.ShouldContain("UDP reflexive addr: 127.0.0.1");
    }

    private async Task<string> RunAsync(string program, params string[] options)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. options, "-p", $"{_server.Primary.Port}", "-L", "127.0.0.1", $"{_server.Primary.Address}"])
        {
            start.ArgumentList.Add(argument);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return await output + await errors;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
