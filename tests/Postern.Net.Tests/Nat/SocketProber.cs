using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Nat;

/// <summary>Drives a <see cref="NatProber"/> with plain sockets of one local address, in the calling thread.</summary>
internal sealed class SocketProber(IPAddress local, Func<Func<Socket>, Socket> openIn) : IRandom, IDisposable
{
    private readonly Dictionary<int, Socket> _sockets = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly byte[] _buffer = new byte[2048];

    private NatReport? _report;

    private Instant Now => new(_clock.Elapsed.Ticks);

    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    public NatReport Measure(Endpoint server, int samples = NatProberOptions.UsualSamples)
    {
        var prober = new NatProber(new() { Servers = [server], Samples = samples }, this, Now);
        Drain(prober);
        while (_report is null)
        {
            Receive(prober);
            if (Now >= prober.NextDeadline)
            {
                prober.HandleDeadline(Now);
            }

            Drain(prober);
        }

        return _report;
    }

    private void Drain(NatProber prober)
    {
        for (var isTouched = true; isTouched;)
        {
            isTouched = false;
            while (prober.TryTransmit(_buffer, out var transmit))
            {
                var socket = _sockets.Values.Single(s => Of(s.LocalEndPoint!) == transmit.Source);
                socket.SendTo(_buffer.AsSpan(0, transmit.Length), new IPEndPoint(transmit.Destination.Address.ToIPAddress(), transmit.Destination.Port));
            }

            while (prober.TryTakeEvent(out var happened))
            {
                isTouched = true;
                Take(prober, happened);
            }
        }
    }

    private void Take(NatProber prober, NatEvent happened)
    {
        switch (happened)
        {
            case NatEvent.OpenSocket open:
                var socket = _sockets[open.Id] = openIn(Bind);
                prober.SocketOpened(open.Id, Of(socket.LocalEndPoint!), Now);
                break;
            case NatEvent.CloseSocket close:
                _sockets.Remove(close.Id, out var closed);
                closed!.Dispose();
                break;
            case NatEvent.Measured measured:
                _report = measured.Report;
                break;
        }
    }

    private Socket Bind()
    {
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(local, 0));
        return socket;
    }

    private void Receive(NatProber prober)
    {
        var readable = _sockets.Values.ToList();
        Socket.Select(readable, null, null, TimeSpan.FromMilliseconds(5));
        foreach (var socket in readable)
        {
            EndPoint from = new IPEndPoint(local.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            var length = socket.ReceiveFrom(_buffer, ref from);
            prober.HandleDatagram(_buffer.AsSpan(0, length), Of(from), Of(socket.LocalEndPoint!), Now);
            Drain(prober);
        }
    }

    private static Endpoint Of(EndPoint endpoint) => new(((IPEndPoint)endpoint).Address, (ushort)((IPEndPoint)endpoint).Port);
}
