using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Tests.Kit;

namespace Postern.Net.Tests.Dtls;

/// <summary>A <see cref="DtlsConnection"/> on a real socket and a real clock.</summary>
public sealed class UdpEnd : IPlaintextReceiver, IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[65536];
    private EndPoint? _peer;

    public UdpEnd(DtlsRole role, DtlsOptions options, EndPoint? peer = null)
    {
        _peer = peer;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Connection = new(role, options, new SeededRandom((ulong)_clock.ElapsedTicks));
    }

    public DtlsConnection Connection { get; }

    public IPEndPoint Endpoint => (IPEndPoint)_socket.LocalEndPoint!;

    public List<DtlsEvent> Events { get; } = [];

    /// <summary>The datagrams of the handshake that came.</summary>
    public List<byte[]> Handshake { get; } = [];

    public string Received => _received.ToString();

    private Instant Now => new(_clock.Elapsed.Ticks);

    /// <summary>Drives the connection until the condition holds; false when the time is over before. Meanwhile is called at least ten times a second.</summary>
    public bool Until(Func<bool> condition, double seconds, Action? meanwhile = null)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Connection.Start(Now);
        for (var nextCall = Now; Now < end;)
        {
            Drain();
            if (condition())
            {
                return true;
            }

            if (Now >= nextCall)
            {
                meanwhile?.Invoke();
                nextCall = Now + TimeSpan.FromMilliseconds(100);
            }

            Receive(Instant.Min(nextCall, Connection.NextDeadline));
        }

        return false;
    }

    public void Say(string line)
    {
        var length = Connection.Protect(Encoding.ASCII.GetBytes(line + "\n"), _buffer);
        _socket.SendTo(_buffer.AsSpan(0, length), _peer!);
    }

    public void Close() => Connection.Close(Now);

    public void HandlePlaintext(ReadOnlySpan<byte> plaintext, Instant now) => _received.Append(Encoding.ASCII.GetString(plaintext));

    public void Dispose()
    {
        Connection.Dispose();
        _socket.Dispose();
    }

    private void Receive(Instant until)
    {
        var wait = Math.Clamp((until - Now).Ticks / 10, 0, 100_000);
        if (_socket.Poll((int)wait, SelectMode.SelectRead))
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            var length = _socket.ReceiveFrom(_buffer, ref from);
            _peer ??= from;
            if (Connection.State != DtlsState.Connected)
            {
                Handshake.Add(_buffer[..length]);
            }

            Connection.HandleDatagram(_buffer.AsSpan(0, length), this, Now);
        }

        Connection.HandleDeadline(Now);
    }

    private void Drain()
    {
        while (_peer is not null && Connection.TryTransmit(_buffer, out var length))
        {
            _socket.SendTo(_buffer.AsSpan(0, length), _peer);
        }

        while (Connection.TryTakeEvent(out var happened))
        {
            Events.Add(happened);
        }
    }
}
