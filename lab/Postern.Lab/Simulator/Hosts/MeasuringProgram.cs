using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>The production NAT prober on a computer: measures once.</summary>
public sealed class MeasuringProgram : IProgram
{
    private readonly Computer _computer;
    private readonly NatProber _prober;
    private readonly byte[] _buffer = new byte[2048];
    private readonly Dictionary<int, Endpoint> _sockets = [];

    public MeasuringProgram(Computer computer, NatProberOptions options)
    {
        _computer = computer;
        _prober = new(options, computer.World.Random, computer.World.Now);
        computer.Run(this);
        Drain();
    }

    public bool IsDone => _prober.IsDone;

    /// <summary>One for each address family of the servers, once it is done.</summary>
    public List<NatReport> Reports { get; } = [];

    public Instant NextDeadline => _prober.NextDeadline;

    public void HandleDeadline(Instant now)
    {
        _prober.HandleDeadline(now);
        Drain();
    }

    private void Take(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local)
    {
        _prober.HandleDatagram(datagram, source, local, _computer.World.Now);
        Drain();
    }

    private void Drain()
    {
        bool more;
        do
        {
            more = false;
            while (_prober.TryTransmit(_buffer, out var transmit))
            {
                _computer.Send(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, transmit.TimeToLive);
            }

            while (_prober.TryTakeEvent(out var happened))
            {
                Handle(happened);
                more = true;
            }
        }
        while (more);
    }

    private void Handle(NatEvent happened)
    {
        switch (happened)
        {
            case NatEvent.OpenSocket open when _computer.Addresses.FirstOrDefault(address => address.IsV4 == (open.Family == IpFamily.V4)) is var address && address != default:
                _sockets[open.Id] = _computer.Bind(address, Take);
                _prober.SocketOpened(open.Id, _sockets[open.Id], _computer.World.Now);
                break;
            case NatEvent.OpenSocket open:
                _prober.SocketFailed(open.Id, _computer.World.Now);
                break;
            case NatEvent.CloseSocket close when _sockets.Remove(close.Id, out var socket):
                _computer.Close(socket);
                break;
            case NatEvent.Measured measured:
                Reports.Add(measured.Report);
                break;
        }
    }
}
