using System.Text.Json.Nodes;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern status --server</c>: the counters of a running server.</summary>
internal sealed class ServerStatus(Output output)
{
    public async Task<int> RunAsync(string server, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 64 * 1024 };
        JsonObject status;
        try
        {
            var text = await http.GetStringAsync(new Uri($"http://{ServerName.WithPort(server)}/status"), cancellationToken).ConfigureAwait(false);
            status = JsonNode.Parse(text)!.AsObject();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or System.Text.Json.JsonException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CliException(ExitCode.ServerUnreachable, $"The server at {Printable.Of(server)} does not answer; is 'postern up' running there?");
        }

        output.Object(status);
        foreach (var (part, counters) in status)
        {
            output.Line($"{part}:");
            foreach (var (name, value) in counters as JsonObject ?? [])
            {
                output.Line($"  {name,-18} {value}");
            }
        }

        return ExitCode.Success;
    }
}
