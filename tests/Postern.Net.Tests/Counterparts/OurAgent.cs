using System.Threading.Channels;
using Postern.Drivers;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;
using Postern.Sessions.Calls;
using Postern.Transports;

namespace Postern.Net.Tests.Counterparts;

/// <summary>
/// Our ICE agent alone, with what feeds it, on one socket in a network namespace: gathering, an allocation where a relay is
/// named, checks, and raw datagrams over the selected pair. One lock, one alarm, as the library's driver has them.
/// </summary>
internal sealed class OurAgent : IDisposable
{
    private readonly Lock _gate = new();
    private readonly UdpTransport _socket;
    private readonly Alarm _alarm;
    private readonly IceAgent _agent;
    private readonly Gathering _gathering;
    private readonly TurnAllocation? _allocation;
    private readonly byte[] _inner = new byte[2048];
    private readonly byte[] _outer = new byte[2048];
    private readonly List<string> _candidates = [];
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _nominated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<byte[]> _received = Channel.CreateBounded<byte[]>(10_000);
    private bool _isAllocating;

    /// <param name="role">Controlling or controlled.</param>
    /// <param name="network">The namespace.</param>
    /// <param name="address">Its address there.</param>
    /// <param name="relay">Where to allocate, and to ask for the mapped address.</param>
    public OurAgent(IceRole role, string network, string address, RelayServer? relay)
    {
        _socket = InNamespace.Run(network, () => UdpTransport.Bind(new(IpAddress.Parse(address), 0)));
        _alarm = new(TimeProvider.System, Ring);
        _agent = new(new() { Role = role }, SystemRandom.Instance);
        _gathering = new(new(), relay is null ? [] : [relay.Server], SystemRandom.Instance);
        if (relay is not null)
        {
            _isAllocating = true;
            _allocation = new(
                SystemRandom.Instance,
                new() { Server = relay.Server, Local = _socket.Local, Username = relay.Username, Password = relay.Password });
        }

        Touch(now =>
        {
            _gathering.AddHosts([_socket.Local], now);
            _allocation?.Allocate(now);
        });
        _socket.Start(Receive);
    }

    public IceCredentials Credentials => _agent.LocalCredentials;

    /// <summary>Everything that was gathered, each as "candidate:...".</summary>
    public async Task<IReadOnlyList<string>> CandidatesAsync()
    {
        await _gathered.Task.WaitAsync(TimeSpan.FromSeconds(10));
        return _candidates;
    }

    /// <summary>The other side's credentials and candidates; checks begin.</summary>
    public void Connect(string ufrag, string password, IEnumerable<string> candidates)
    {
        IceCredentials.TryCreate(ufrag, password, out var credentials).ShouldBeTrue();
        Touch(now => _agent.SetRemoteCredentials(credentials!, now));
        foreach (var line in candidates)
        {
            AddCandidate(line);
        }
    }

    public void AddCandidate(string line)
    {
        if (CandidateText.TryParse(line, out var candidate) == CandidateTextError.None && candidate is not null)
        {
            Touch(now =>
            {
                _allocation?.Permit(candidate.Address.Address, now);
                _agent.AddRemoteCandidate(candidate, now);
            });
        }
    }

    public void EndCandidates() => Touch(_agent.EndRemoteCandidates);

    /// <summary>Waits until a pair is nominated and returns the one that data takes.</summary>
    public async Task<IcePath> ConnectedAsync()
    {
        try
        {
            await _nominated.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(string.Join('\n', _agent.Pairs));
        }

        lock (_gate)
        {
            return _agent.SelectedPath.ShouldNotBeNull();
        }
    }

    public void Send(byte[] datagram) => Touch(now =>
    {
        var path = _agent.SelectedPath.ShouldNotBeNull();
        _agent.NotePacketSent(path.Local, path.Remote, now);
        Leave(datagram, new(datagram.Length, path.Local, path.Remote));
    });

    public async Task<byte[]> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        return await _received.Reader.ReadAsync(limit.Token);
    }

    public void Dispose()
    {
        Touch(now => _allocation?.Release(now));
        _alarm.Dispose();
        _socket.Dispose();
    }

    private void Touch(Action<Instant> action)
    {
        lock (_gate)
        {
            action(_alarm.Now);
            Drain();
        }
    }

    private void Ring() => Touch(now =>
    {
        _alarm.Rang();
        _gathering.HandleDeadline(now);
        _allocation?.HandleDeadline(now);
        _agent.HandleDeadline(now);
    });

    private void Receive(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination)
    {
        lock (_gate)
        {
            var now = _alarm.Now;
            if (_allocation is not null && _allocation.TryUnwrap(datagram, source, out var peer, out var payload))
            {
                datagram = payload;
                (source, destination) = (peer, _allocation.Relayed);
            }

            if (!_gathering.HandleDatagram(datagram, source, destination, now)
                && _allocation?.HandleDatagram(datagram, source, destination, now) is not true
                && !_agent.HandleDatagram(datagram, source, destination, now))
            {
                _agent.NotePacketReceived(source, destination, now);
                _received.Writer.TryWrite(datagram.ToArray());
            }

            Drain();
        }
    }

    private void Drain()
    {
        while (_allocation is not null && _allocation.TryTakeEvent(out var happened))
        {
            if (happened is TurnEvent.Allocated allocated)
            {
                _isAllocating = false;
                Offer(Candidate.Relayed(allocated.Relayed, allocated.Mapped, _allocation.Server.Address, AddressPreference.Of(_socket.Local.Address, 0)));
            }
        }

        while (_gathering.TryTakeEvent(out var happened))
        {
            if (happened is GatheringEvent.CandidateGathered found)
            {
                Offer(found.Candidate);
            }
        }

        if (_gathering.IsCompleted && !_isAllocating && _gathered.TrySetResult())
        {
            _agent.EndLocalCandidates(_alarm.Now);
        }

        while (_agent.TryTakeEvent(out var happened))
        {
            if (happened is IceEvent.NominationMade)
            {
                _nominated.TrySetResult();
            }
        }

        Transmit();
        _alarm.Set(Instant.Min(_agent.NextDeadline, Instant.Min(_gathering.NextDeadline, _allocation?.NextDeadline ?? Instant.Never)));
    }

    private void Offer(Candidate candidate)
    {
        _agent.AddLocalCandidate(candidate, _alarm.Now);
        _candidates.Add(CandidateText.Format(candidate));
    }

    private void Transmit()
    {
        Transmit transmit;
        while (_gathering.TryTransmit(_outer, out transmit) || _allocation?.TryTransmit(_outer, out transmit) is true)
        {
            _socket.Send(_outer.AsSpan(0, transmit.Length), transmit.Destination, transmit.TimeToLive);
        }

        while (_agent.TryTransmit(_inner, out transmit))
        {
            Leave(_inner.AsSpan(0, transmit.Length), transmit);
        }
    }

    private void Leave(ReadOnlySpan<byte> datagram, Transmit transmit)
    {
        if (transmit.Source == _socket.Local)
        {
            _socket.Send(datagram, transmit.Destination, transmit.TimeToLive);
        }
        else if (_allocation!.TryWrap(datagram, transmit.Destination, _outer, out transmit))
        {
            _socket.Send(_outer.AsSpan(0, transmit.Length), transmit.Destination);
        }
    }
}
