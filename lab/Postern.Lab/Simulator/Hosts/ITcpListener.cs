namespace Postern.Lab.Simulator.Hosts;

/// <summary>Whom a TCP connection tells what happens to it.</summary>
public interface ITcpListener
{
    void Opened(TcpConnection connection);

    void Received(TcpConnection connection, ReadOnlySpan<byte> bytes);

    /// <summary>Bytes that were written have arrived.</summary>
    void Acknowledged(TcpConnection connection)
    {
    }

    /// <summary>By either side or for want of answers; nothing follows.</summary>
    void Closed(TcpConnection connection);
}
