using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Identity;

namespace Postern.Transports;

/// <summary>
/// A <see cref="SwitchboardClient"/> on real WebSockets (RFC 6455): one lock, one alarm, one stream at a time. What happens is
/// read from <see cref="Events"/>; nothing of the user's runs under the lock. The identity stays its caller's.
/// </summary>
internal sealed class SwitchboardDriver : IAsyncDisposable
{
    private const int EventsAhead = 1024; // who does not read events stops the reading from the network
    private static readonly TimeSpan EventPause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly SwitchboardDriverOptions _options;
    private readonly SwitchboardClient _machine;
    private readonly Alarm _alarm;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<SwitchboardClientEvent> _events = Channel.CreateUnbounded<SwitchboardClientEvent>();
    private readonly Dictionary<long, (SwitchboardStream Stream, Task Running)> _streams = [];
    private SwitchboardStream? _current;
    private bool _disposed;

    public SwitchboardDriver(SwitchboardDriverOptions options, PeerIdentity identity, ILogger log, TimeProvider? time = null)
    {
        _options = options;
        _log = log;
        _time = time ?? TimeProvider.System;
        _machine = new SwitchboardClient(options.ForMachine(), identity, SystemRandom.Instance);
        _alarm = new Alarm(_time, () => Touch((machine, now) =>
        {
            _alarm!.Rang();
            machine.HandleDeadline(now);
        }));
    }

    /// <summary>Everything but the opening and closing of streams. It ends when the driver is disposed.</summary>
    public ChannelReader<SwitchboardClientEvent> Events => _events.Reader;

    public string Name => _machine.Name;

    public bool IsLoggedIn => Ask(machine => machine.IsLoggedIn);

    public int Unacknowledged => Ask(machine => machine.Unacknowledged);

    /// <summary>The clock of <see cref="SwitchboardClientEvent.Disconnected.NextAttempt"/>.</summary>
    public Instant Now => _alarm.Now;

    public void Start() => Touch((machine, now) => machine.Start(now));

    /// <inheritdoc cref="SwitchboardClient.TrySendSignal"/>
    public bool TrySendSignal(string to, string session, SignalPayload payload, out long seq)
    {
        lock (_gate)
        {
            var taken = _machine.TrySendSignal(to, session, payload, out seq);
            Drain();
            return taken;
        }
    }

    /// <inheritdoc cref="SwitchboardClient.TryRequestTurn"/>
    public bool TryRequestTurn(string session, string peer)
    {
        lock (_gate)
        {
            var taken = _machine.TryRequestTurn(session, peer);
            Drain();
            return taken;
        }
    }

    /// <inheritdoc cref="SwitchboardClient.AskPresence"/>
    public void AskPresence(string peer) => Touch((machine, _) => machine.AskPresence(peer));

    /// <inheritdoc cref="SwitchboardClient.Forget"/>
    public void Forget(string session) => Touch((machine, _) => machine.Forget(session));

    /// <inheritdoc cref="SwitchboardClient.Probe"/>
    public void Probe() => Touch((machine, now) => machine.Probe(now));

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _machine.Stop(_alarm.Now);
            Drain();
            _disposed = true;
            running = [.. _streams.Values.Select(stream => stream.Running)];
        }

        await Task.WhenAll(running);
        _alarm.Dispose();
        _events.Writer.TryComplete();
    }

    internal void Opened(SwitchboardStream stream) => Touch((machine, now) => machine.HandleOpened(stream.Number, now));

    internal void Closed(SwitchboardStream stream, string? sentence) => Touch((machine, now) =>
    {
        _streams.Remove(stream.Number);
        machine.HandleClosed(stream.Number, sentence, now);
    });

    internal async ValueTask ReceivedAsync(SwitchboardStream stream, ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        while (_events.Reader.Count >= EventsAhead)
        {
            await Task.Delay(EventPause, _time, stop);
        }

        Touch((machine, now) => machine.HandleFrame(stream.Number, frame.Span, now));
    }

    private T Ask<T>(Func<SwitchboardClient, T> question)
    {
        lock (_gate)
        {
            return question(_machine);
        }
    }

    private void Touch(Action<SwitchboardClient, Instant> touch)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                touch(_machine, _alarm.Now);
                Drain();
            }
        }
    }

    // Frames first: those of an older stream have gone out, or been cleared, before a new one opens.
    private void Drain()
    {
        while (_machine.TryTakeFrame(out var frame))
        {
            _current?.Enqueue(frame);
        }

        while (_machine.TryTakeEvent(out var happened))
        {
            Act(happened);
        }

        _alarm.Set(_machine.NextDeadline);
    }

    private void Act(SwitchboardClientEvent happened)
    {
        switch (happened)
        {
            case SwitchboardClientEvent.OpenStream open:
                Open(open.Stream);
                return;
            case SwitchboardClientEvent.CloseStream close:
                _streams.GetValueOrDefault(close.Stream).Stream?.Close();
                _current = null;
                return;
            case SwitchboardClientEvent.LoggedIn login:
                _log.LoggedIn(login.Welcome.Name, _options.Url.Authority);
                break;
            case SwitchboardClientEvent.Disconnected gone:
                _log.Disconnected(_options.Url.Authority, gone.Reason, gone.Sentence);
                break;
        }

        _events.Writer.TryWrite(happened);
    }

    private void Open(long number)
    {
        var stream = new SwitchboardStream(number, _options, _time);
        _current = stream;
        _streams.Add(number, (stream, Task.Run(() => stream.RunAsync(this))));
    }
}
