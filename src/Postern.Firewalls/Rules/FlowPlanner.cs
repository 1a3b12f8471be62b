using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>Turns one application's flows into rules.</summary>
internal sealed class FlowPlanner
{
    /// <summary>
    /// Up to so many ports are a fixed port and its neighbours: the sources' widest service range has 999 (2001-2999), the narrowest
    /// range that a system draws from has 3976 (1025-5000).
    /// </summary>
    internal const int MostNarrowPorts = 1024;

    private readonly Application _application;
    private readonly PlanRequest _request;
    private readonly Cast _cast;
    private readonly PortResolution _ports;
    private readonly FlowPairs _pairs;
    private readonly List<Rule> _rules = [];
    private readonly List<PlanNote> _notes = [];

    public FlowPlanner(Application application, PlanRequest request, Cast cast)
    {
        (_application, _request, _cast) = (application, request, cast);
        _ports = new(application, request);
        _pairs = new(cast, request);
    }

    /// <summary>Ids are APP:FLOW, not yet numbered.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    public IReadOnlyList<PlanNote> Notes => _notes;

    public void Run()
    {
        foreach (var flow in _application.Flows.Where(IsWanted))
        {
            var pairs = _pairs.Of(flow).ToList();
            if (pairs.Count == 0)
            {
                Note(PlanNoteKind.OutOfSight, flow, "never passes this firewall, so no rule is needed");
            }

            foreach (var (from, to) in pairs.Where(pair => IsAimed(flow, pair.To)))
            {
                foreach (var protocol in flow.Protocols)
                {
                    Add(flow, from, to, protocol);
                }
            }
        }
    }

    private bool IsWanted(Flow flow)
    {
        var (kind, why) = flow switch
        {
            { Need: FlowNeed.StatelessOnly } => (PlanNoteKind.StatelessOnly, "is the answering half of another flow, which a firewall that remembers flows lets pass by itself; opened, anybody could use it"),
            { Need: FlowNeed.Legacy } when !_request.WithLegacy => (PlanNoteKind.Legacy, "is needed by old versions only"),
            { IsAlive: false } when !_request.WithLegacy => (PlanNoteKind.Legacy, "is used by nobody any more"),
            { Need: FlowNeed.Optional } when _request.RequiredOnly => (PlanNoteKind.Optional, "can be done without"),
            _ => (default, ""),
        };
        if (why.Length > 0)
        {
            Note(kind, flow, why);
        }

        return why.Length == 0;
    }

    /// <summary>Noise towards strangers at large (A23: to port 80) is refused only to those who were named: others are asked there too.</summary>
    private bool IsAimed(Flow flow, Party to)
    {
        var isAimed = Verdict(flow) is Verdict.Accept || !to.IsOutside || to.IsBound || flow.Addresses is not null || Cast.IsGateway(flow.To);
        if (!isAimed)
        {
            Note(PlanNoteKind.Unaimed, flow, $"is not refused, since that would be towards everybody; name who is meant with --for {flow.To}=ADDRESS");
        }

        return isAimed;
    }

    private void Add(Flow flow, Party from, Party to, IpProtocol protocol)
    {
        var hasPorts = protocol.HasPorts();
        var match = new Match
        {
            From = from.Zone,
            To = to.Zone,
            Protocol = protocol,
            Source = Limit(from.Addresses),
            Destination = Limit(Destination(flow, to)),
            SourcePorts = hasPorts ? _ports.Source(flow, from, to) : PortSet.Any,
            DestinationPorts = hasPorts ? _ports.Destination(flow, from, to) : PortSet.Any,
            SamePort = hasPorts && flow.SamePort,
            IcmpType = flow.IcmpType,
        };
        var isTranslated = _request.Site.IsRouter && from.IsOutside && to.Place is { IsOutside: false, IsTranslated: true };
        foreach (var version in _request.Versions.Where(version => protocol.IsOf(version)))
        {
            if (match.Source.Of(version).IsEmpty || match.Destination.Of(version).IsEmpty)
            {
                var who = match.Source.Of(version).IsEmpty ? from : to;
                Note(PlanNoteKind.NoAddress, flow, $"is not opened for {Name(version)}: no such address of '{who.Role}' was named");
            }
        }

        if (!isTranslated)
        {
            Keep(flow, match, Verdict(flow));
            return;
        }

        Forward(flow, match, to);
        Keep(flow, match with { Source = match.Source.Of(IpVersion.V6), Destination = match.Destination.Of(IpVersion.V6) }, Verdict(flow));
    }

    /// <summary>IPv4 into a zone behind NAT: the packet is sent to the firewall's own address.</summary>
    private void Forward(Flow flow, Match match, Party to)
    {
        var hosts = match.Destination.Of(IpVersion.V4);
        if (hosts.IsEmpty || !match.Protocol.IsOf(IpVersion.V4))
        {
            return;
        }

        var outer = _request.Site.Outer.Of(IpVersion.V4);
        var arriving = match with
        {
            To = Zone.Self,
            Source = match.Source.Of(IpVersion.V4),
            Destination = outer.IsEmpty ? AddressSet.Any.Of(IpVersion.V4) : outer,
        };
        if (Verdict(flow) is not Verdict.Accept quiet)
        {
            Keep(flow, arriving, Verdict(flow));
        }
        else if (!IsOneHost(hosts))
        {
            if (_cast.Of(flow.To).Any(party => IsOneHost(party.Addresses.Of(IpVersion.V4))))
            {
                return; // the host that it is handed to was named beside the zone
            }

            Note(PlanNoteKind.CannotForward, flow, $"is not opened for IPv4: NAT hands it to one host, and '{to.Role}' is {(to.IsBound ? "more than one" : "nobody yet")}; name one with --for {to.Role}=ADDRESS");
        }
        else if (match.Protocol == IpProtocol.Icmp)
        {
            Note(PlanNoteKind.CannotForward, flow, "is not opened for IPv4: behind NAT it is the firewall that answers");
        }
        else
        {
            Keep(flow, arriving, new Verdict.Forward(AddressRange.Address(IpVersion.V4, hosts.Ranges[0].First)), to.Zone);
        }
    }

    private void Keep(Flow flow, Match match, Verdict verdict, Zone? target = null)
    {
        var rule = new Rule
        {
            Id = $"{_application.Id}:{flow.Id}",
            Phase = PhaseOf(flow, match),
            Match = match,
            Verdict = verdict,
            Why = flow.Condition.Length > 0 ? $"{flow.Why.TrimEnd('.')} ({flow.Condition.TrimEnd('.')})" : flow.Why.TrimEnd('.'),
            Helper = verdict.LetsPass ? flow.Helper : null,
            Hosts = flow.Hosts,
            Target = target,
        };
        if (_request.Versions.Any(rule.AppliesTo))
        {
            _rules.Add(rule);
        }
    }

    private static bool IsOneHost(AddressSet addresses) => addresses.Ranges is [var one] && one.First == one.Last;

    /// <summary>A host that was named is meant itself, whatever the entry knows of addresses.</summary>
    private static AddressSet Destination(Flow flow, Party to) => flow.Addresses is { } known && !to.IsBound ? known : to.Addresses;

    private AddressSet Limit(AddressSet addresses) => _request.Versions is [var only] ? addresses.Of(only) : addresses;

    private static Verdict Verdict(Flow flow) => flow.Need switch
    {
        FlowNeed.QuietReject => new Verdict.Reject(),
        FlowNeed.QuietDrop => new Verdict.Drop(),
        _ => new Verdict.Accept(),
    };

    private static Phase PhaseOf(Flow flow, Match match) => flow.Need is FlowNeed.QuietReject or FlowNeed.QuietDrop ? Phase.Noise
        : match.Protocol.HasPorts() && Math.Min(match.SourcePorts.Count, match.DestinationPorts.Count) > MostNarrowPorts ? Phase.Wide
        : Phase.Narrow;

    private void Note(PlanNoteKind kind, Flow flow, string sentence)
    {
        var note = new PlanNote(kind, $"{_application.Id}:{flow.Id}", sentence);
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    private static string Name(IpVersion version) => version == IpVersion.V4 ? "IPv4" : "IPv6";
}
