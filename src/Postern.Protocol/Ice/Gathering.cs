using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>
/// Gathers host and server-reflexive candidates (RFC 8445 §5.1.1): each host socket asks each STUN server of its family, a new
/// request every Ta. Relayed candidates come from TURN allocations and are not its business.
/// </summary>
public sealed class Gathering : IMachine<GatheringEvent>
{
    private const int MaximumRequests = 256;

    private readonly GatheringOptions _options;
    private readonly IRandom _random;
    private readonly Endpoint[] _servers;
    private readonly List<GatheringRequest> _requests = [];
    private readonly List<Candidate> _candidates = [];
    private readonly Queue<GatheringRequest> _outbox = new();
    private readonly Queue<GatheringEvent> _events = new();
    private Instant _nextStart = Instant.Zero;
    private int _hosts;
    private bool _isCompleted = true;
    private bool _isConcluded;

    public Gathering(GatheringOptions options, IReadOnlyCollection<Endpoint> servers, IRandom random)
    {
        _options = options;
        _servers = [.. servers];
        _random = random;
    }

    public GatheringStats Stats { get; } = new();

    /// <summary>All candidates so far.</summary>
    public IReadOnlyList<Candidate> Candidates => _candidates;

    public bool IsCompleted => _isCompleted;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Gathers for these sockets, the preferred one first. May be called again when an interface comes up.</summary>
    public void AddHosts(IReadOnlyCollection<Endpoint> hosts, Instant now)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        _isCompleted = false;
        foreach (var host in hosts)
        {
            var preference = AddressPreference.Of(host.Address, _hosts++);
            Add(Candidate.Host(host, preference));
            foreach (var server in _servers)
            {
                var canReach = server.IsV4 == host.IsV4 && server.Address.IsLinkLocal == host.Address.IsLinkLocal;
                if (canReach && _requests.Count < MaximumRequests)
                {
                    _requests.Add(new(host, preference, server));
                }
            }
        }

        Advance(now);
    }

    /// <summary>A direct path was lost: perhaps our NAT has forgotten us, and a new outer endpoint is all that is needed.</summary>
    public void Resume(Instant now)
    {
        _isConcluded = false;
        foreach (var request in _requests)
        {
            request.NextRefresh = request is { IsSettled: true, IsActive: false } ? now : request.NextRefresh;
        }

        Schedule();
    }

    /// <summary>A path was found: bindings are no longer refreshed.</summary>
    public void Conclude()
    {
        _isConcluded = true;
        foreach (var request in _requests)
        {
            request.NextRefresh = Instant.Never;
        }

        Schedule();
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!StunMessage.LooksLikeStun(datagram) || StunMessage.TryParse(datagram, out var message) != StunError.None
            || message.Method != StunMethod.Binding || message.IsClassic || message.Class is not (StunClass.Success or StunClass.Error)
            || Find(message.TransactionId, source, destination) is not { } request)
        {
            return false;
        }

        Handle(request, message, now);
        Advance(now);
        return true;
    }

    public void HandleDeadline(Instant now)
    {
        if (now >= NextDeadline)
        {
            Advance(now);
        }
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        if (!_outbox.TryDequeue(out var request))
        {
            transmit = default;
            return false;
        }

        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, request.Id);
        writer.AddFingerprint();
        transmit = new(writer.Length, request.Host, request.Server);
        return true;
    }

    public bool TryTakeEvent([NotNullWhen(true)] out GatheringEvent? happened) => _events.TryDequeue(out happened);

    private GatheringRequest? Find(TransactionId id, Endpoint source, Endpoint destination)
    {
        foreach (var request in _requests)
        {
            if (request.IsActive && request.Id == id && request.Server == source && request.Host == destination)
            {
                return request;
            }
        }

        return null;
    }

    private void Handle(GatheringRequest request, in StunMessage message, Instant now)
    {
        if (message.Class == StunClass.Error)
        {
            Stats.ErrorsReceived++;
            message.TryGetErrorCode(out var code, out _);
            GiveUp(request, code);
            return;
        }

        if (!message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped)
            && !message.TryGetAddress(StunAttributeType.MappedAddress, out mapped))
        {
            return;
        }

        Stats.ResponsesReceived++;
        var isFirst = !request.IsSettled;
        request.Settle();
        request.NextRefresh = _options.RefreshInterval > TimeSpan.Zero && !_isConcluded ? now + _options.RefreshInterval : Instant.Never;
        if (isFirst)
        {
            _events.Enqueue(new GatheringEvent.ServerAnswered(request.Host, request.Server, mapped, request.IsRepeated ? TimeSpan.Zero : now - request.SentAt));
        }

        if (mapped.Port != 0 && mapped.IsV4 == request.Host.IsV4)
        {
            Add(Candidate.ServerReflexive(mapped, request.Host, request.Server.Address, request.LocalPreference));
        }
    }

    /// <summary>RFC 8445 §5.1.3: a candidate with the address and base of another is redundant, so is a mapped address that is the host's own.</summary>
    private void Add(Candidate candidate)
    {
        if (_candidates.Count < MaximumRequests * 2 && !_candidates.Exists(known => known.Address == candidate.Address && known.Base == candidate.Base))
        {
            _candidates.Add(candidate);
            _events.Enqueue(new GatheringEvent.CandidateGathered(candidate));
        }
    }

    private void GiveUp(GatheringRequest request, int error)
    {
        var isFirst = !request.IsSettled;
        request.Settle();
        if (isFirst)
        {
            _events.Enqueue(new GatheringEvent.ServerFailed(request.Host, request.Server, error));
        }
        else if (!_isConcluded)
        {
            request.NextRefresh = request.SentAt + (_options.RefreshInterval * 2); // the server may come back
        }
    }

    private void Advance(Instant now)
    {
        foreach (var request in _requests)
        {
            if (request.TryAdvance(now, out var expired))
            {
                Send(request);
            }

            if (expired)
            {
                GiveUp(request, error: 0);
            }
        }

        if (now >= _nextStart && _requests.Find(r => !r.IsStarted || (!r.IsActive && now >= r.NextRefresh)) is { } next)
        {
            next.Begin(TransactionId.Draw(_random), _options, now);
            _nextStart = now + _options.Ta;
            next.TryAdvance(now, out _);
            Send(next);
        }

        if (!_isCompleted && _requests.TrueForAll(r => r.IsSettled))
        {
            _isCompleted = true;
            _events.Enqueue(new GatheringEvent.Completed(_candidates.Count));
        }

        Schedule();
    }

    private void Send(GatheringRequest request)
    {
        Stats.RequestsSent++;
        if (_outbox.Count < MaximumRequests * 2)
        {
            _outbox.Enqueue(request);
        }
    }

    private void Schedule()
    {
        NextDeadline = Instant.Never;
        foreach (var request in _requests)
        {
            var due = request.IsStarted ? request.NextDeadline : _nextStart;
            NextDeadline = Instant.Min(NextDeadline, request.IsActive ? due : Instant.Max(due, _nextStart));
        }
    }
}
