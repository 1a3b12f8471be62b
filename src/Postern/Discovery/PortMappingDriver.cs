using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Discovery;

/// <summary>Runs a <see cref="MappingProbe"/> on a real socket until it has concluded, its test mapping given back.</summary>
internal static class PortMappingDriver
{
    public static async Task<MappingFinding> ProbeAsync(
        PortMappingProtocol protocol, IpAddress gateway, ushort port, TimeProvider time, CancellationToken cancellationToken)
    {
        var server = new Endpoint(gateway, NatPmpMessage.ServerPort);
        using var socket = new Socket(gateway.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(gateway.ToIPAddress(), server.Port), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return new() { Protocol = protocol, Presence = MappingPresence.Absent };
        }

        var own = (IPEndPoint)socket.LocalEndPoint!;
        var local = new Endpoint(IpAddress.From(own.Address), (ushort)own.Port);
        var origin = time.GetTimestamp();
        var probe = new MappingProbe(protocol, local, server, port, SystemRandom.Instance, Instant.Zero);
        return await RunAsync(probe, socket, server, local, () => new(time.GetElapsedTime(origin).Ticks), time, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<MappingFinding> RunAsync(
        MappingProbe probe, Socket socket, Endpoint server, Endpoint local, Func<Instant> now, TimeProvider time, CancellationToken cancellationToken)
    {
        var buffer = new byte[2048];
        while (true)
        {
            probe.HandleDeadline(now());
            while (probe.TryTransmit(buffer, out var transmit))
            {
                await SendAsync(socket, buffer.AsMemory(0, transmit.Length), probe, now, cancellationToken).ConfigureAwait(false);
            }

            if (probe.TryTakeEvent(out var happened) && happened is MappingEvent.Concluded concluded)
            {
                return concluded.Finding;
            }

            var wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((probe.NextDeadline - now()).TotalMilliseconds)));
            using var limit = new CancellationTokenSource(probe.IsDone ? TimeSpan.FromMilliseconds(1) : wait, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                var length = await socket.ReceiveAsync(buffer, either.Token).ConfigureAwait(false);
                probe.HandleDatagram(buffer.AsSpan(0, length), server, local, now());
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (SocketException)
            {
                probe.HandleUnreachable(now());
            }
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> datagram, MappingProbe probe, Func<Instant> now, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(datagram, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            probe.HandleUnreachable(now()); // the answer to an earlier datagram, or our own firewall
        }
    }
}
