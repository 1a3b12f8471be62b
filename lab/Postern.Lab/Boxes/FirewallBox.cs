using System.Diagnostics.CodeAnalysis;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>A firewall around another box, which keeps the state: rules for what goes out, and guards against port scans.</summary>
public sealed class FirewallBox : IBox
{
    private readonly FirewallRules _rules;
    private readonly IBox _state;
    private readonly Func<string, IReadOnlyList<IpAddress>> _addressOf;
    private readonly FlowMemory _flows = new();
    private readonly FlowMemory _attempts = new(); // from outside, and not let in: they open nothing
    private readonly Sentry[] _sentries;
    private readonly Queue<BoxEvent> _events = [];

    /// <param name="rules">What it does.</param>
    /// <param name="state">The NAT, or the memory of flows, inside it.</param>
    /// <param name="addressOf">The addresses of a host by the name that the rules use.</param>
    public FirewallBox(FirewallRules rules, IBox state, Func<string, IReadOnlyList<IpAddress>> addressOf)
    {
        (_rules, _state, _addressOf) = (rules, state, addressOf);
        _sentries = [.. rules.Guards.Select(guard => new Sentry(guard))];
    }

    public IReadOnlyList<IpAddress> OuterAddresses => _state.OuterAddresses;

    public Instant NextDeadline => _state.NextDeadline;

    public bool IsTraced
    {
        get => _state.IsTraced;
        set => _state.IsTraced = value;
    }

    /// <summary>How often a guard has raised an alarm.</summary>
    public int Alarms => _sentries.Sum(sentry => sentry.Alarms);

    /// <summary>Alarms by the guard's name.</summary>
    public IEnumerable<(string Guard, int Alarms)> AlarmsByGuard => _sentries.Select(sentry => (sentry.Rules.Name, sentry.Alarms));

    public Passage Outbound(ref PacketHeader header, Instant now)
    {
        if (header.Transport == Transport.IcmpError)
        {
            return _state.Outbound(ref header, now);
        }

        var isKnown = _flows.Knows(header.Transport, header.Source, header.Destination, now);
        var isRefused = !isKnown && _rules.Outgoing is { } outgoing && !outgoing.Any(Lets(header));
        var opens = isRefused || _flows.IsNew(header.Transport, header.Source, header.Destination, now);
        if (Judge(header, GuardSide.Outgoing, opens, isRefused, now))
        {
            _flows.Forget(header.Transport, header.Source, header.Destination);
            return Passage.Dropped(DropReason.Banned);
        }

        return isRefused ? Refuse(ref header) : _state.Outbound(ref header, now);
    }

    public Passage Inbound(ref PacketHeader header, Instant now)
    {
        if (header.Transport == Transport.IcmpError)
        {
            return _state.Inbound(ref header, now);
        }

        var arrived = header;
        if (Array.Exists(_sentries, sentry => sentry.IsShutOut(arrived, GuardSide.Incoming, now)))
        {
            return Passage.Dropped(DropReason.Banned);
        }

        var passage = _state.Inbound(ref header, now);
        var passes = passage.Kind == PassageKind.Passed;
        var opens = passes ? _flows.IsNew(arrived.Transport, header.Destination, arrived.Source, now) : _attempts.IsNew(arrived.Transport, arrived.Destination, arrived.Source, now);
        if (!Judge(arrived, GuardSide.Incoming, opens, !passes, now))
        {
            return passage;
        }

        if (passes && opens)
        {
            _flows.Forget(arrived.Transport, header.Destination, arrived.Source);
        }

        return Passage.Dropped(DropReason.Banned);
    }

    public void HandleDeadline(Instant now) => _state.HandleDeadline(now);

    public bool TryTakeEvent([NotNullWhen(true)] out BoxEvent? happened) => _events.TryDequeue(out happened) || _state.TryTakeEvent(out happened);

    private Func<OutgoingRule, bool> Lets(PacketHeader header) => rule => rule.Lets(header, _addressOf);

    /// <summary>Shows the packet to the guards; true where one of them drops it.</summary>
    private bool Judge(in PacketHeader header, GuardSide side, bool opens, bool wasDropped, Instant now)
    {
        var drops = false;
        foreach (var sentry in _sentries)
        {
            drops |= sentry.Judge(header, side, opens, wasDropped, now, out var alarm);
            if (alarm is not null && IsTraced)
            {
                _events.Enqueue(alarm);
            }
        }

        return drops;
    }

    /// <summary>A router speaks for itself; what has no address, as a bridge, speaks for the destination.</summary>
    private IpAddress Reporter(PacketHeader header) =>
        OuterAddresses.FirstOrDefault(address => address.IsV4 == header.Source.IsV4, header.Destination.Address);

    private Passage Refuse(ref PacketHeader header)
    {
        if (_rules.Refusal == RefusalAnswer.Silence)
        {
            return Passage.Dropped(DropReason.Refused);
        }

        header = _rules.Refusal == RefusalAnswer.Reject && header.Transport == Transport.Tcp
            ? header.Reset()
            : header.Refusal(Reporter(header), _rules.Refusal == RefusalAnswer.Prohibited ? IcmpErrorKind.Prohibited : IcmpErrorKind.PortUnreachable);
        return Passage.Answered(DropReason.Refused);
    }
}
