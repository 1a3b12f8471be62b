using System.Buffers.Binary;
using Postern.Lab.Simulator.Hosts.Proxies;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>Frames over a TCP connection, each with its length before it: what WebSocket does for a real switchboard.</summary>
public sealed class FrameStream : ITcpListener
{
    private const int LengthBytes = 4;

    private readonly Computer _computer;
    private readonly List<byte> _received = [];

    public FrameStream(Computer computer) => _computer = computer;

    public required Action<FrameStream> Opened { get; set; }

    public required Action<FrameStream, byte[]> Received { get; set; }

    public required Action<FrameStream> Closed { get; set; }

    public TcpConnection? Connection { get; private set; }

    /// <summary>What a proxy on the way refused it with; null where none did.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Takes a connection that came in.</summary>
    public void Adopt(TcpConnection connection)
    {
        Connection = connection;
        connection.Listener = this;
    }

    public void Connect(Dial dial) => Connection = dial.Open(_computer, this, reason => Refusal = reason);

    public void Send(ReadOnlySpan<byte> frame)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt32BigEndian(length, frame.Length);
        Connection!.Write(length);
        Connection.Write(frame);
        _computer.Drain(Connection);
    }

    public void Close()
    {
        Connection!.Abort();
        _computer.Drain(Connection);
    }

    void ITcpListener.Opened(TcpConnection connection)
    {
        Connection = connection;
        Opened(this);
    }

    void ITcpListener.Received(TcpConnection connection, ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        while (_received.Count >= LengthBytes)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_received.GetRange(0, LengthBytes).ToArray());
            if (_received.Count < LengthBytes + length)
            {
                return;
            }

            var frame = _received.GetRange(LengthBytes, length).ToArray();
            _received.RemoveRange(0, LengthBytes + length);
            Received(this, frame);
        }
    }

    void ITcpListener.Closed(TcpConnection connection) => Closed(this);
}
