using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Our ports stay, the other side's move: asks the ports that it has learnt or that its range may hide.</summary>
internal sealed class GuessPart(PredictionDesk desk) : IPredictionPart
{
    private const int Few = 50; // beyond, asking each port twice costs more than the odd lost packet

    private const int MostNotices = 4; // one for each round of the other side

    private int _notices;
    private int _fans;

    public Instant NextDeadline => Instant.Never;

    public void Advance(Instant now)
    {
        // all waits for notices
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        foreach (var opened in notice.Opened.TakeWhile(_ => _notices++ < MostNotices).Where(opened => desk.IsTheirs(opened.Address)))
        {
            Ask(opened.At, opened.Ports.Take(desk.Plan.Ports).Select(port => new Endpoint(IpAddress.Parse(opened.Address), (ushort)port)), GuessRhythm.Patient, now);
        }

        if (notice.Fan is { } fan && desk.IsTheirs(fan.Address) && _fans++ == 0)
        {
            desk.Note($"The other side has opened {fan.Sockets} holes at unknown ports of {fan.Size}; up to {desk.Plan.Ports} of these are asked.");
            var taken = desk.Remote!.Ports.Samples.Select(sample => (int)sample.Mapped.Port).Append(desk.Peer.Port).ToHashSet(); // no hole can be there
            var ports = RandomPorts.Of(fan.First, fan.Size, taken, desk.Plan.Ports, desk.Random);
            var rhythm = desk.Plan.Ports > Few || desk.Allowance.Limits.Mode == ProbeMode.Fast ? GuessRhythm.Once : GuessRhythm.Twice;
            Ask(fan.At, ports.Select(port => new Endpoint(IpAddress.Parse(fan.Address), (ushort)port)), rhythm, now);
        }
    }

    private void Ask(string at, IEnumerable<Endpoint> ports, GuessRhythm rhythm, Instant now)
    {
        if (desk.Agent.FindBase(Endpoint.Parse(at)) is { } local)
        {
            desk.Agent.Guess(local, ports.Where(port => port.IsV4 == local.IsV4 && !UnwelcomePorts.Contains(port.Port)), rhythm, now);
        }
    }
}
