using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using Postern.Transports;

namespace Postern.Drivers;

/// <summary>One WebSocket to a relay, from dialling to its end. Whoever sends never waits.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing to dispose of.")]
internal sealed class RelayStream(SwitchboardDial dial, TimeProvider time)
{
    /// <summary>TCP, TLS and a proxy on the way; who takes longer is asked again.</summary>
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _over = new();
    private volatile DatagramSocket? _datagrams;

    /// <summary>What a connection to the relay has of its own.</summary>
    public static void Prepare(ClientWebSocketOptions options)
    {
        options.AddSubProtocol(DatagramSocket.Protocol);
        options.KeepAliveInterval = DatagramSocket.PingInterval;
        options.KeepAliveTimeout = DatagramSocket.PingPatience;
    }

    /// <summary>Sends soon or not at all.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram) => _datagrams?.TrySend(datagram) ?? false;

    /// <summary>What waits may still leave, in bounded time.</summary>
    public void Close()
    {
        if (_datagrams is { } datagrams)
        {
            datagrams.Close();
        }
        else
        {
            _ = _over.CancelAsync(); // whose callbacks are others' code, and the caller may hold a lock
        }
    }

    /// <summary>Dials, reads and sends until either end closes. Never throws.</summary>
    /// <param name="opened">It stands.</param>
    /// <param name="received">A datagram came; the bytes are valid during the call.</param>
    /// <returns>Why it ended, in one sentence.</returns>
    public async Task<string> RunAsync(Action opened, Action<ReadOnlyMemory<byte>> received)
    {
        try
        {
            using var socket = await DialAsync().ConfigureAwait(false);
            var datagrams = new DatagramSocket(socket, time);
            _datagrams = datagrams;
            if (_over.IsCancellationRequested)
            {
                datagrams.Close(); // just now
            }

            opened();
            await datagrams.RunAsync((buffer, length) => received(buffer.AsMemory(0, length))).ConfigureAwait(false);
            return socket.CloseStatusDescription is { Length: > 0 } said ? $"The relay at {dial.Url.Authority} closed it: {said}" : $"The connection to {dial.Url.Authority} ended.";
        }
        catch (OperationCanceledException)
        {
            return $"{dial.Url.Authority} does not answer.";
        }
        catch (Exception e) when (SwitchboardDial.IsFailure(e))
        {
            return $"{dial.Url.Authority} cannot be reached: {e.GetBaseException().Message}";
        }
    }

    private async Task<ClientWebSocket> DialAsync()
    {
        using var patience = new CancellationTokenSource(DialPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _over.Token);
        return await dial.OpenAsync(Prepare, either.Token).ConfigureAwait(false);
    }
}
