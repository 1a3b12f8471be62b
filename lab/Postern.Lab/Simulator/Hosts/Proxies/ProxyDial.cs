namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>Asks a proxy for a tunnel; whoever wants it then hears of it as of a connection of its own.</summary>
/// <param name="computer">Whose connection it is.</param>
/// <param name="request">What is asked for, and how.</param>
/// <param name="wanted">Takes the tunnel.</param>
/// <param name="refused">Told why, before the connection closes.</param>
internal sealed class ProxyDial(Computer computer, IProxyRequest request, ITcpListener wanted, Action<string> refused) : ITcpListener
{
    public void Opened(TcpConnection connection) => Say(connection, request.Begin());

    public void Received(TcpConnection connection, ReadOnlySpan<byte> bytes)
    {
        var turn = request.Take(bytes);
        Say(connection, turn.Answer.Span);
        if (turn.Refusal is { } reason)
        {
            refused(reason);
            connection.Abort();
            computer.Drain(connection);
        }
        else if (turn.IsGranted)
        {
            connection.Listener = wanted;
            wanted.Opened(connection);
            if (!turn.Rest.IsEmpty)
            {
                wanted.Received(connection, turn.Rest.Span);
            }
        }
    }

    public void Closed(TcpConnection connection) => wanted.Closed(connection);

    private void Say(TcpConnection connection, ReadOnlySpan<byte> bytes)
    {
        connection.Write(bytes);
        computer.Drain(connection);
    }
}
