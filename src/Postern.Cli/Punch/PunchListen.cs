using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Postern.Cli.Terminal;
using Postern.Protocol.Net;

namespace Postern.Cli.Punch;

/// <summary><c>postern punch listen</c>: shows every datagram that reaches a port, escaped, and whom it came from.</summary>
/// <remarks>
/// Exit codes: 0 what was asked for arrived (or nothing was asked for), 1 the port cannot be had, 2 no such port,
/// 3 nothing, or fewer than --count, arrived in time, 130 Ctrl-C.
/// </remarks>
internal static class PunchListen
{
    public static Task<int> RunAsync(PunchListenOptions options, TextWriter @out, TextWriter err, CancellationToken cancel) =>
        PunchFailure.GuardAsync(() => ListenAsync(options, @out, err, cancel), err);

    private static async Task<int> ListenAsync(PunchListenOptions options, TextWriter @out, TextWriter err, CancellationToken cancel)
    {
        if (options is { Port: 0 } or { Count: < 1 } || options.For is { } span && (span <= TimeSpan.Zero || span.TotalDays > 24))
        {
            throw new PunchFailure(PunchExit.Usage, "A port is 1 to 65535, --count at least 1, and --for more than 0 seconds and at most 24 days.");
        }

        using var socket = PunchSocket.Bind(options.Port, v4Only: false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (options.For is { } time)
        {
            limit.CancelAfter(time);
        }

        await @out.WriteLineAsync(options.Json
            ? JsonSerializer.Serialize(new { listening = options.Port })
            : $"Listening on UDP port {options.Port}.").ConfigureAwait(false);
        await @out.FlushAsync(CancellationToken.None).ConfigureAwait(false);

        var arrived = await ReceiveAsync(socket, options, @out, limit.Token).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (arrived >= (options.Count ?? 1))
        {
            return PunchExit.Worked;
        }

        await err.WriteLineAsync(arrived == 0 ? "Nothing arrived." : $"Only {arrived} of {options.Count} arrived.").ConfigureAwait(false);
        return PunchExit.NotThere;
    }

    /// <summary>Until enough arrived or the time is over; answers how many arrived.</summary>
    private static async Task<int> ReceiveAsync(Socket socket, PunchListenOptions options, TextWriter @out, CancellationToken limit)
    {
        var buffer = new byte[ushort.MaxValue];
        var anyone = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        for (var arrived = 0; ; arrived++)
        {
            if (arrived == options.Count)
            {
                return arrived;
            }

            try
            {
                var datagram = await socket.ReceiveFromAsync(buffer, anyone, limit).ConfigureAwait(false);
                await ShowAsync((IPEndPoint)datagram.RemoteEndPoint, buffer.AsMemory(0, datagram.ReceivedBytes), options.Json, @out).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return arrived;
            }
        }
    }

    private static async Task ShowAsync(IPEndPoint source, ReadOnlyMemory<byte> datagram, bool json, TextWriter @out)
    {
        var from = new Endpoint(source.Address, (ushort)source.Port).ToString();
        var text = Printable.Of(datagram.Span);
        await @out.WriteLineAsync(json
            ? JsonSerializer.Serialize(new { from, bytes = datagram.Length, text })
            : $"{from}: {(datagram.IsEmpty ? "(empty)" : text)}").ConfigureAwait(false);
        await @out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
