using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Benchmarks.Harness;
using Postern.Protocol.Net;
using Postern.Transports;

namespace Postern.Benchmarks.Relay;

/// <summary>
/// Some clients of one relay and their common peer, in one thread. Between one and two halves of a window are always under way,
/// so that the relay seldom sleeps and no buffer overflows; each half that has arrived lets the next one leave.
/// </summary>
internal sealed class RelayLoad : IDisposable
{
    private const int Clients = 4;
    private const int Half = 128; // datagrams; twice as many are less than any socket's buffer holds

    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 100, ReceiveBufferSize = 4 << 20 };
    private readonly IMeasuredRelay _relay;
    private readonly RelayClient[] _clients;
    private readonly byte[] _buffer = new byte[2048];

    public RelayLoad(IMeasuredRelay relay)
    {
        _relay = relay;
        _peer.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0)); // not the relay's own address, for which it has rules of its own
        var local = (IPEndPoint)_peer.LocalEndPoint!;
        _clients = [.. Enumerable.Range(0, Clients).Select(_ => new RelayClient(relay, new(local.Address, (ushort)local.Port)))];
    }

    public string Name => _relay.Name;

    public RelayRound ToPeer(int size, TimeSpan duration)
    {
        var datagrams = _clients.Select(client => client.Wrap(Payload(size))).ToArray();
        return Run(duration, client => _clients[client].Send(datagrams[client]), _ => _peer.TryReceive(_buffer, out _));
    }

    public RelayRound ToClient(int size, TimeSpan duration)
    {
        var payload = Payload(size);
        return Run(duration, client => _peer.SendTo(payload, SocketFlags.None, _clients[client].Relayed), client => _clients[client].TryReceive());
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _peer.Dispose();
        _relay.Dispose();
    }

    private RelayRound Run(TimeSpan duration, Action<int> send, Func<int, bool> tryReceive)
    {
        var cpu = CpuTime.OfProcess(_relay.ProcessId);
        var watch = Stopwatch.StartNew();
        long arrived = 0, sent = 0;
        Burst(2 * Half, ref sent, send);
        while (watch.Elapsed < duration)
        {
            arrived += Take(Half, tryReceive);
            Burst(Half, ref sent, send); // also where nothing came: it was lost, and others take its place
        }

        var seconds = watch.Elapsed.TotalSeconds;
        arrived += Take((int)Math.Min(sent - arrived, 2 * Half), tryReceive);
        return new(arrived, sent - arrived, CpuTime.OfProcess(_relay.ProcessId) - cpu, seconds);
    }

    private static void Burst(int count, ref long sent, Action<int> send)
    {
        for (var i = 0; i < count; i++)
        {
            send((int)(sent++ % Clients));
        }
    }

    private static int Take(int count, Func<int, bool> tryReceive)
    {
        var taken = 0;
        while (taken < count && tryReceive(taken % Clients))
        {
            taken++;
        }

        return taken;
    }

    // No STUN: the relay counts checks apart.
    private static byte[] Payload(int size)
    {
        var payload = new byte[size];
        Array.Fill(payload, (byte)0x80);
        return payload;
    }
}
