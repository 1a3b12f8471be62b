using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Postern.Transports;

namespace Postern.Tests.Relay;

/// <summary>What waits for a stream is bounded, and so is the time that its end takes.</summary>
public class DatagramSocketTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(100, 128, 64)]
    [InlineData(1200, 128, 64)]
    [InlineData(DatagramSocket.MaximumDatagram, 47, 68)] // 192 KiB
    public void The_queue_is_full_by_count_or_by_bytes_and_keeps_room_for_answers(int length, int held, int answers)
    {
        var queue = new DatagramQueue();
        var datagram = new byte[length];
        datagram[0] = 0x40; // a channel's
        Enumerable.Range(0, 200).Count(_ => queue.TryAdd(datagram)).ShouldBe(held);
        queue.Dropped.ShouldBe(200 - held);

        var answer = new byte[500];
        answer[0] = 0x01;
        Enumerable.Range(0, 200).Count(_ => queue.TryAdd(answer)).ShouldBe(answers);
    }

    [Fact]
    public async Task What_has_left_the_queue_makes_room()
    {
        var queue = new DatagramQueue();
        var datagram = new byte[4000];
        datagram[0] = 0x40;
        for (var round = 0; round < 3; round++)
        {
            Enumerable.Range(0, 100).Count(_ => queue.TryAdd(datagram)).ShouldBe(49);
            using var stop = new CancellationTokenSource();
            var left = 0;
            await Should.ThrowAsync<OperationCanceledException>(() => queue.DrainAsync(
                async _ =>
                {
                    if (++left == 49)
                    {
                        await stop.CancelAsync();
                    }
                },
                stop.Token));
        }
    }

    [Fact]
    public async Task Who_says_goodbye_and_reads_no_more_does_not_hold_the_stream()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var near = new TcpClient { ReceiveBufferSize = 8192 };
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var far = await listener.AcceptTcpClientAsync();
        far.SendBufferSize = 8192;
        using var client = WebSocket.CreateFromStream(near.GetStream(), new WebSocketCreationOptions());
        using var server = WebSocket.CreateFromStream(far.GetStream(), new WebSocketCreationOptions { IsServer = true });
        var datagrams = new DatagramSocket(server, TimeProvider.System);
        var running = datagrams.RunAsync((_, _) => { });
        var datagram = new byte[1200];
        datagram[0] = 0x40;
        for (var refused = 0; refused < 10; await Task.Delay(20))
        {
            refused = datagrams.TrySend(datagram) ? 0 : refused + 1;
            while (datagrams.TrySend(datagram))
            {
            }
        }

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await running.WaitAsync(Soon);
    }
}
