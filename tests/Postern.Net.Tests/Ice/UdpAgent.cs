using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Ice;

/// <summary>An <see cref="IceAgent"/> on one real socket of 127.0.0.1, driven by a loop of its own until it is disposed.</summary>
internal sealed class UdpAgent : IAsyncDisposable
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromMilliseconds(5);

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly byte[] _buffer = new byte[2048];
    private readonly Lock _gate = new();
    private readonly List<IceEvent> _events = [];
    private readonly List<byte[]> _data = [];
    private readonly Task _loop;

    public UdpAgent(IceOptions options, SystemRandom random)
    {
        Agent = new(options, random);
        Host = new(((IPEndPoint)_socket.Client.LocalEndPoint!).Address, (ushort)((IPEndPoint)_socket.Client.LocalEndPoint!).Port);
        Agent.AddLocalCandidate(Candidate.Host(Host, AddressPreference.Of(Host.Address, 0)), Now);
        Agent.EndLocalCandidates(Now);
        _loop = RunAsync();
    }

    public IceAgent Agent { get; }

    public Endpoint Host { get; }

    public string CandidateLine => CandidateText.Format(Candidate.Host(Host, AddressPreference.Of(Host.Address, 0)));

    private Instant Now => new(_clock.Elapsed.Ticks);

    public void Connect(string ufrag, string password, IEnumerable<string> candidates)
    {
        lock (_gate)
        {
            Agent.SetRemoteCredentials(new(ufrag, password), Now);
            foreach (var line in candidates)
            {
                if (CandidateText.TryParse(line, out var candidate) == CandidateTextError.None)
                {
                    Agent.AddRemoteCandidate(candidate!, Now);
                }
            }

            Agent.EndRemoteCandidates(Now);
        }
    }

    /// <summary>Waits until the condition on agent, events and received data holds.</summary>
    public async Task UntilAsync(Func<IceAgent, List<IceEvent>, List<byte[]>, bool> condition)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            lock (_gate)
            {
                if (condition(Agent, _events, _data))
                {
                    return;
                }

                if (limit.Elapsed > TimeSpan.FromSeconds(20))
                {
                    throw new TimeoutException($"After 20 s: {Agent.Stats}\n{string.Join('\n', _events)}");
                }
            }

            await Task.Delay(10);
        }
    }

    public void Send(byte[] datagram)
    {
        lock (_gate)
        {
            var path = Agent.SelectedPath!.Value;
            _socket.Client.SendTo(datagram, new IPEndPoint(path.Remote.Address.ToIPAddress(), path.Remote.Port));
            Agent.NotePacketSent(path.Local, path.Remote, Now);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            lock (_gate)
            {
                while (_socket.Available > 0)
                {
                    Take();
                }

                Agent.HandleDeadline(Now);
                Drain();
            }

            await Task.Delay(LongestNap);
        }
    }

    private void Take()
    {
        var from = new IPEndPoint(IPAddress.Any, 0);
        var datagram = _socket.Receive(ref from);
        var source = new Endpoint(from.Address, (ushort)from.Port);
        if (!Agent.HandleDatagram(datagram, source, Host, Now))
        {
            _data.Add(datagram);
            Agent.NotePacketReceived(source, Host, Now);
        }

        Drain();
    }

    private void Drain()
    {
        while (Agent.TryTransmit(_buffer, out var transmit))
        {
            _socket.Client.SendTo(_buffer.AsSpan(0, transmit.Length), new IPEndPoint(transmit.Destination.Address.ToIPAddress(), transmit.Destination.Port));
        }

        while (Agent.TryTakeEvent(out var happened))
        {
            _events.Add(happened);
        }
    }
}
