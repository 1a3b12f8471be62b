using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Our NAT counts: opens one hole, learns its port from the answers on either side of it and tells it. A later round begins a new series with a new socket.</summary>
internal sealed class LearnPart(PredictionDesk desk, Func<Endpoint> target) : IPredictionPart
{
    private const int SocketsForARound = PredictionPlanner.LearningMappings;

    /// <summary>The answers and the other side's first checks are back by then, or something was lost.</summary>
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1.2);

    private PortOpener? _opener;
    private Instant _nextRound = Instant.Zero;
    private int _rounds;
    private bool _waitsForSockets;
    private bool _isPaid;

    public Instant NextDeadline => _opener?.NextDeadline ?? (_nextRound != Instant.Zero && _rounds < PredictionPlanner.LearningRounds && !_waitsForSockets ? _nextRound : Instant.Never);

    /// <summary>A filter may let in more than the hole was made for, but answers to others would leave by other ports, unless the port goes by the address.</summary>
    public bool Awaits(Endpoint source) => desk.Local.Mapping == NatDependence.AddressDependent ? source.Address == target().Address : source == target();

    public void Advance(Instant now)
    {
        _opener?.Advance(now);
        if (_opener is { IsDone: true } done)
        {
            _opener = null;
            _nextRound = done.HasOpened ? now + RoundTime : done.RetryAt;
            if (done.HasOpened)
            {
                _rounds++;
                _isPaid = false;
                Tell(done, now);
            }
        }

        if (_opener is null && now >= _nextRound && _rounds < PredictionPlanner.LearningRounds && target() is var endpoint && endpoint != Endpoint.None)
        {
            Begin(endpoint, now);
        }
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        // the other side has nothing to tell
    }

    private void Begin(Endpoint endpoint, Instant now)
    {
        _waitsForSockets = desk.Sockets.Fresh < SocketsForARound;
        if (_waitsForSockets)
        {
            desk.Sockets.Want(SocketsForARound, desk.Own);
        }
        else if (!(_isPaid = _isPaid || desk.TryPay(SocketsForARound, now))) // a round that the purse puts off is not paid twice
        {
            _rounds = PredictionPlanner.LearningRounds; // there will be nothing within this call
        }
        else if (desk.Sockets.TryTake(out var socket))
        {
            _opener = new(socket, [endpoint], desk.Local.Ports.Delta, desk.Questions, desk.Allowance, now);
        }
    }

    private void Tell(PortOpener opener, Instant now)
    {
        var opened = opener.Opened();
        desk.Note(opened.Count == 0
            ? "Our port could not be learnt: no answer came, or the packet took no port."
            : $"Our NAT gave us port {string.Join(" or ", opened[0].Ports)} towards the other side: learnt in {(now - opener.StartedAt).TotalMilliseconds:0} ms and told.");
        if (opened.Count == 0)
        {
            return;
        }

        desk.LearntAfter ??= now - opener.StartedAt;
        var told = desk.Ours.Count > 1 ? AtEachAddress(opened[0]) : opened;
        if (desk.Remote is not null)
        {
            desk.Tell(told);
            return;
        }

        foreach (var (endpoint, rank) in told.SelectMany(hole => hole.Ports.Select(port => new Endpoint(IpAddress.Parse(hole.Address), (ushort)port))).Select((endpoint, rank) => (endpoint, rank)))
        {
            desk.Foreign.Add(Candidate.Predicted(endpoint, desk.Own, rank));
        }
    }

    /// <summary>The answers enclose the port, but the hole may have any of our NAT's addresses: the one just seen first, and the likeliest port at all before the next one.</summary>
    private IReadOnlyList<OpenedPort> AtEachAddress(OpenedPort hole)
    {
        var addresses = desk.Ours.Known.Select(address => address.ToString()).OrderByDescending(address => address == hole.Address).ToArray(); // the other side asks no others
        return [.. hole.Ports.SelectMany(port => addresses.Select(address => hole with { Address = address, Ports = [port] }))];
    }
}
