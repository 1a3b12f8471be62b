using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>A call's way to its relay over TCP, on the switchboard's port: dials, and tells the call what comes of it.</summary>
internal sealed class RelayStream
{
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(10);

    private readonly PeerCall _call;
    private readonly Endpoint _local;
    private readonly Endpoint _server;
    private readonly FrameStream _stream;
    private readonly DatagramFrames _datagrams;
    private bool _isOpen;
    private bool _isOver;

    /// <param name="call">Whose it is.</param>
    /// <param name="computer">From where it is dialled.</param>
    /// <param name="at">As the switchboard is.</param>
    /// <param name="server">What the call names the far end.</param>
    public RelayStream(PeerCall call, Computer computer, Dial at, Endpoint server)
    {
        (_call, _server, _local) = (call, server, new(server.Address, 0));
        _stream = new(computer) { Opened = _ => Open(), Received = (_, frame) => Receive(frame), Closed = stream => End(stream.Refusal ?? "The connection ended.") };
        _datagrams = new(_stream);
        computer.World.At(DialPatience, () => End(_isOpen ? null : "It does not answer."));
        _stream.Connect(at);
    }

    public void Send(ReadOnlySpan<byte> datagram) => _datagrams.Send(datagram);

    /// <summary>Nothing more is told to the call.</summary>
    public void Close()
    {
        _isOver = true;
        _stream.Close();
    }

    private void Open()
    {
        _isOpen = true;
        if (!_isOver)
        {
            _stream.Send(SwitchboardProgram.RelayGreeting);
            _call.Do((machine, now) => machine.AddRelayStream(_local, now));
        }
    }

    private void Receive(byte[] frame)
    {
        if (!_isOver)
        {
            _call.Do((machine, now) => machine.HandleDatagram(frame, _server, _local, now));
        }
    }

    private void End(string? reason)
    {
        if (!_isOver && reason is not null)
        {
            Close();
            _call.Lose(this, reason);
        }
    }
}
