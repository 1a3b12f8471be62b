using Postern.Lab.Simulator.Hosts;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>One end of a TCP connection, and what happened there.</summary>
internal sealed class StreamEnd(Computer computer, TcpConnection? connection) : ITcpListener
{
    public TcpConnection Connection { get; set; } = connection!;

    public bool IsOpen { get; private set; }

    public bool IsClosed { get; private set; }

    public string? Refusal { get; set; }

    public List<byte> Received { get; } = [];

    public void Say(ReadOnlySpan<byte> bytes)
    {
        Connection.Write(bytes);
        computer.Drain(Connection);
    }

    public void Close()
    {
        Connection.Abort();
        computer.Drain(Connection);
    }

    public void Hold() => Connection.Hold();

    public void Release()
    {
        Connection.Release();
        computer.Drain(Connection);
    }

    void ITcpListener.Opened(TcpConnection connection) => IsOpen = true;

    void ITcpListener.Received(TcpConnection connection, ReadOnlySpan<byte> bytes) => Received.AddRange(bytes);

    void ITcpListener.Closed(TcpConnection connection) => IsClosed = true;
}
