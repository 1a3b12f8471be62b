using Postern.Protocol.Net;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Many sockets, each of which opens one hole towards the same endpoint of the peer: no scan, for it is one port, but as many mappings.</summary>
internal sealed class SocketFan
{
    /// <summary>1,600 a second: below what firewalls take for a flood (FortiOS's udp_flood alarms at 2,000 a second for each host).</summary>
    private const int PerTurn = 8;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    private readonly PortQuestions _packets;
    private readonly SpareSockets _sockets;
    private readonly int _wanted;
    private readonly byte _timeToLive;

    /// <param name="target">Towards which all open.</param>
    /// <param name="wanted">How many, if so many sockets are there.</param>
    /// <param name="timeToLive">0 where the packets themselves are to arrive.</param>
    /// <param name="sockets">From where they are taken.</param>
    /// <param name="packets">Where they leave.</param>
    /// <param name="now">Now.</param>
    public SocketFan(Endpoint target, int wanted, byte timeToLive, SpareSockets sockets, PortQuestions packets, Instant now)
    {
        (Target, _wanted, _timeToLive, _sockets, _packets) = (target, wanted, timeToLive, sockets, packets);
        NextDeadline = now;
        Advance(now);
    }

    public Endpoint Target { get; }

    public int Opened { get; private set; }

    public bool IsDone => NextDeadline == Instant.Never;

    public Instant NextDeadline { get; private set; }

    public void Advance(Instant now)
    {
        if (now < NextDeadline)
        {
            return;
        }

        for (var i = 0; i < PerTurn && Opened < _wanted && _sockets.TryTake(out var socket); i++)
        {
            Opened++;
            _packets.Knock(socket, Target, _timeToLive);
        }

        NextDeadline = Opened < _wanted && _sockets.Fresh > 0 ? now + Turn : Instant.Never;
    }
}
