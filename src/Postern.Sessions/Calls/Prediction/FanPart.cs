using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Our NAT draws its ports: opens as many holes as the plan says towards one endpoint of the other side, and says in which range they lie.</summary>
internal sealed class FanPart(PredictionDesk desk) : IPredictionPart
{
    private SocketFan? _fan;
    private Endpoint _target = Endpoint.None;
    private int _granted;
    private bool _isTold;
    private Instant _retryAt = Instant.Never;

    public Instant NextDeadline => _fan?.NextDeadline ?? _retryAt;

    public int Unmade => _granted - (_fan?.Opened ?? 0);

    private bool IsLearned => desk.Plan.Method == PredictionMethod.FanToLearned;

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        if (IsLearned && _target == Endpoint.None && notice.Opened is [{ } opened, ..] && desk.IsTheirs(opened.Address))
        {
            _target = UnwelcomePorts.Contains(opened.Ports[0]) ? Endpoint.None : new(IpAddress.Parse(opened.Address), (ushort)opened.Ports[0]);
            Advance(now);
        }
    }

    public void Advance(Instant now)
    {
        _target = IsLearned || _target != Endpoint.None ? _target : desk.Peer;
        if (_fan is null && _target != Endpoint.None)
        {
            Begin(now);
        }

        _fan?.Advance(now);
        if (_fan is { IsDone: true } && !_isTold)
        {
            _isTold = true;
            Tell();
        }
    }

    private void Begin(Instant now)
    {
        if (!desk.Allowance.TrySpend(_target, now, out _retryAt))
        {
            return;
        }

        _retryAt = Instant.Never;
        if (_granted == 0)
        {
            _granted = desk.Allowance.TakeMappings(_target.Address, desk.Plan.Mappings, now);
            desk.Sockets.Want(_granted, desk.Own);
        }

        if (_granted > 0 && desk.Sockets.Awaited == 0 && desk.Sockets.Fresh > 0)
        {
            _fan = new(_target, _granted, IsLearned ? (byte)0 : PredictionDesk.OpenerTimeToLive, desk.Sockets, desk.Questions, now);
        }
    }

    private void Tell()
    {
        var range = desk.Local.Ports;
        desk.Note($"Opened {_fan!.Opened} holes towards the other side, somewhere among {range.BlockSize} ports.");
        if (IsLearned)
        {
            return;
        }

        if (desk.Remote is not null)
        {
            var addresses = desk.Ours.Known.Select(address => address.ToString()).ToArray();
            desk.Tell([], fan: new(_target.ToString(), addresses[0], range.BlockStart, range.BlockSize, _fan.Opened, addresses.Length > 1 ? addresses : null));
            return;
        }

        var endpoints = RandomPorts.Of(range.BlockStart, range.BlockSize, desk.Plan.PeerPorts, desk.Random)
            .SelectMany(port => desk.Ours.Known.Select(address => new Endpoint(address, (ushort)port))).Take(desk.Plan.PeerPorts);
        foreach (var (endpoint, rank) in endpoints.Select((endpoint, rank) => (endpoint, rank)))
        {
            desk.Foreign.Add(Candidate.Predicted(endpoint, desk.Own, rank));
        }
    }
}
