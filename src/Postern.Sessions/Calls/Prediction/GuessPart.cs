using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Our ports stay, the other side's move: asks the ports that it has learnt or that its range may hide.</summary>
internal sealed class GuessPart(PredictionDesk desk) : IPredictionPart
{
    private const int Few = 50; // beyond, asking each port twice costs more than the odd lost packet

    private int _asked; // of the ports that the plan has

    public Instant NextDeadline => Instant.Never;

    public bool IsDone => _asked >= desk.Plan.Ports;

    public void Advance(Instant now)
    {
        // all waits for notices
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        foreach (var opened in notice.Opened.Where(opened => desk.IsTheirs(opened.Address)))
        {
            Ask(opened.At, opened.Address, opened.Ports, GuessRhythm.Patient, now);
        }

        if (notice.Fan is { } fan && desk.IsTheirs(fan.Address))
        {
            desk.Note($"The other side has opened {fan.Sockets} holes at unknown ports of {fan.Size}; up to {desk.Plan.Ports} of these are asked.");
            var taken = desk.Remote!.Ports.Samples.Select(sample => (int)sample.Mapped.Port).Append(desk.Peer.Port).ToHashSet(); // no hole can be there
            var ports = RandomPorts.Of(fan.First, fan.Size, taken, desk.Plan.Ports, desk.Random);
            var rhythm = desk.Plan.Ports > Few || desk.Allowance.Limits.Mode == ProbeMode.Fast ? GuessRhythm.Once : GuessRhythm.Twice;
            Ask(fan.At, fan.Address, ports, rhythm, now);
        }
    }

    private void Ask(string at, string address, IReadOnlyList<int> ports, GuessRhythm rhythm, Instant now)
    {
        var (theirs, asked) = (IpAddress.Parse(address), ports.Take(desk.Plan.Ports - _asked).ToArray());
        if (desk.Agent.FindBase(Endpoint.Parse(at)) is { } local && local.IsV4 == theirs.IsV4)
        {
            _asked += asked.Length;
            desk.Agent.Guess(local, asked.Where(port => !UnwelcomePorts.Contains(port)).Select(port => new Endpoint(theirs, (ushort)port)), rhythm, now);
        }
    }
}
