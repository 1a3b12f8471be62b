namespace Postern.Lab.Simulator.Hosts;

/// <summary>Datagrams over a TCP connection, each a frame: what a WebSocket does for the way to a real relay. What finds the queue full is lost.</summary>
internal sealed class DatagramFrames(FrameStream stream)
{
    /// <summary>As much as a real client or relay lets wait.</summary>
    private const int Capacity = 150_000;

    public void Send(ReadOnlySpan<byte> datagram)
    {
        if (stream.Connection is { } connection && connection.Waiting + datagram.Length <= Capacity)
        {
            stream.Send(datagram);
        }
    }

    public void Close() => stream.Close();
}
