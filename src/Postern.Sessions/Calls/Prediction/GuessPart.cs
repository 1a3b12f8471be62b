using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Our ports stay, or any of them will do; the other side's have to be found: asks the ports that it has learnt or that its range may hide.</summary>
internal sealed class GuessPart(PredictionDesk desk) : IPredictionPart
{
    private const int Few = 50; // beyond, asking each port twice costs more than the odd lost packet

    private int _asked; // of the ports that the plan has
    private int? _enough;

    public Instant NextDeadline => Instant.Never;

    public bool IsDone => _asked >= (_enough ?? desk.Plan.Ports);

    public void Advance(Instant now)
    {
        // all waits for notices
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        if (IsDone)
        {
            return;
        }

        foreach (var opened in notice.Opened.Where(opened => desk.IsTheirs(opened.Address)))
        {
            Ask(opened.At, opened.Ports.Select(port => new Endpoint(IpAddress.Parse(opened.Address), (ushort)port)), GuessRhythm.Patient, now);
        }

        if (notice.Fan is { } fan && desk.IsTheirs(fan.Address))
        {
            Ask(fan, [.. Addresses(fan)], now);
        }
    }

    /// <summary>Where the holes may be: a sender of an earlier version names one address, but its report may have shown more.</summary>
    private IEnumerable<IpAddress> Addresses(PortFan fan) =>
        (fan.Addresses ?? []).Where(desk.IsTheirs).Select(IpAddress.Parse).Prepend(IpAddress.Parse(fan.Address)).Union(desk.Theirs.Known).Take(AddressPool.Most);

    private void Ask(PortFan fan, IpAddress[] addresses, Instant now)
    {
        var ours = PortClasses.DrawsOnce(desk.Local) ? 1 : desk.Ours.Count; // a hole is for one of our addresses
        var most = PredictionMath.Enough(fan.Size * addresses.Length * ours, fan.Sockets, desk.Plan.Ports); // its purse may have granted fewer than were planned
        desk.Note($"The other side has opened {fan.Sockets} holes at unknown ports of {fan.Size}{(addresses.Length > 1 ? $" at {addresses.Length} addresses" : "")}; up to {most} of these are asked.");
        var samples = addresses.Length > 1 ? [] : desk.Remote!.Ports.Samples;
        var taken = samples.Select(sample => (int)sample.Mapped.Port).Append(desk.Peer.Port).ToHashSet(); // no hole can be there
        var ports = RandomPorts.Of(fan.First, fan.Size, taken, most, desk.Random);
        var rhythm = most > Few || desk.Allowance.Limits.Mode == ProbeMode.Fast ? GuessRhythm.Once : GuessRhythm.Twice;
        Ask(fan.At, ports.SelectMany(port => addresses.Select(address => new Endpoint(address, (ushort)port))).Take(most), rhythm, now);
        _enough = Math.Min(most, _asked);
    }

    private void Ask(string at, IEnumerable<Endpoint> endpoints, GuessRhythm rhythm, Instant now)
    {
        var asked = endpoints.Take(desk.Plan.Ports - _asked).ToArray();
        if (desk.Agent.FindBase(Endpoint.Parse(at)) is { } local)
        {
            _asked += asked.Length;
            desk.Agent.Guess(local, asked.Where(endpoint => endpoint.Address.IsV4 == local.IsV4), rhythm, now);
        }
    }
}
