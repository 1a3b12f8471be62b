using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Postern.Drivers;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Sessions.Calls;
using Postern.Sessions.Sctp;

namespace Postern;

/// <summary>
/// The encrypted conversation with one peer. It runs over the best path there is and survives changes of path. A session
/// exists only connected; when it ends, <see cref="Completion"/> completes and every channel closes.
/// </summary>
public sealed class PosternSession : IAsyncDisposable
{
    /// <summary>The association is told of received and unread bytes in steps of this size; SCTP's receive window holds the peer back.</summary>
    private const long UnreadStep = 64 << 10;

    /// <summary>What a message costs beside its bytes: many empty ones must not be free.</summary>
    private const int MessageCost = 64;

    /// <summary>Channels of the peer that nobody has taken; further ones are closed again.</summary>
    private const int UntakenChannels = 256;

    /// <summary>The label of the channel that carries datagrams.</summary>
    private const string DatagramLabel = "postern.datagrams";

    /// <summary>The label of the channel over which two Posterns tell each other what they measured of their NATs.</summary>
    private const string NatLabel = "postern.nat";

    private const int DatagramQueue = 1024;

    private readonly CallDriver _driver;
    private readonly SignalPump _signals;
    private readonly Dictionary<DataChannel, MessageChannel> _channels = [];
    private readonly Channel<MessageChannel> _incoming = Channel.CreateBounded<MessageChannel>(UntakenChannels);
    private readonly Channel<PathChange> _pathChanges = NewestOf<PathChange>();
    private readonly Channel<ConnectReport> _reports = NewestOf<ConnectReport>();
    private readonly Channel<ReadOnlyMemory<byte>> _datagrams =
        Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(DatagramQueue) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _startedAt;
    private TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MessageChannel? _datagramChannel;
    private long _unread;
    private long _withheld;
    private bool _natShared;
    private int _disposed;

    internal PosternSession(string peer, bool isCaller, CallDriver driver, ISignal signal, DateTimeOffset startedAt)
    {
        Peer = peer;
        IsCaller = isCaller;
        _driver = driver;
        _startedAt = startedAt;
        _signals = new SignalPump(driver, signal);
    }

    /// <summary>The other side's name.</summary>
    public string Peer { get; }

    /// <summary>Whether this side made the offer.</summary>
    public bool IsCaller { get; }

    /// <summary>The kind of path in use; null while there is none.</summary>
    public PathKind? Path { get; private set; }

    /// <summary>What was tried so far, and why the present path won.</summary>
    public ConnectReport Report => _driver.Do((call, now) => call.Report()) with { StartedAt = _startedAt };

    /// <summary>Completes when the session has ended, by whichever side or reason; faults with <see cref="ConnectException"/> where it broke.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Opens a channel; messages may be sent at once.</summary>
    public MessageChannel OpenChannel(string label, MessageChannelOptions? options = null)
    {
        options ??= new();
        lock (_channels)
        {
            var channel = _driver.Do((call, now) => call.OpenChannel(
                label,
                new DataChannelOptions
                {
                    Ordered = options.Ordered,
                    MaxRetransmits = options.MaxRetransmits,
                    MaxLifetime = options.MaxLifetime,
                    Protocol = options.Protocol,
                },
                now));
            var opened = _channels[channel] = new MessageChannel(this, _driver, channel);
            if (_ended.Task.IsCompleted)
            {
                opened.Complete();
            }

            return opened;
        }
    }

    /// <summary>The channels that the peer opens.</summary>
    public IAsyncEnumerable<MessageChannel> IncomingChannelsAsync(CancellationToken cancellationToken = default) =>
        _incoming.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Each change of path from now on.</summary>
    public IAsyncEnumerable<PathChange> PathChangesAsync(CancellationToken cancellationToken = default) =>
        _pathChanges.Reader.ReadAllAsync(cancellationToken);

    /// <summary>The report anew with each change of path from now on.</summary>
    public IAsyncEnumerable<ConnectReport> ReportsAsync(CancellationToken cancellationToken = default) =>
        _reports.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Sends a datagram: unordered, never repeated, lost where the network or a full buffer loses it.</summary>
    public void SendDatagram(ReadOnlySpan<byte> datagram)
    {
        _datagramChannel ??= OpenChannel(DatagramLabel, new() { Ordered = false, MaxRetransmits = 0 });
        _driver.Send(_datagramChannel.Stream, isText: false, datagram);
    }

    /// <summary>The datagrams that arrive; where nobody reads, the oldest of 1,024 are dropped.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveDatagramsAsync(CancellationToken cancellationToken = default) =>
        _datagrams.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Ends the session on both sides, once what was sent has arrived.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        _driver.Do((call, now) => call.Close(now));
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the session; waits at most two seconds for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await CloseAsync(patience.Token).ConfigureAwait(false);
        _signals.Dispose();
        _driver.Dispose();
    }

    /// <summary>Runs the session until it ends. Returns when the session is connected; throws <see cref="ConnectException"/> where it cannot be.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        _signals.Start();
        _ = PumpAsync();
        await using var stop = cancellationToken.Register(() => _connected.TrySetCanceled(cancellationToken)).ConfigureAwait(false);
        await _connected.Task.ConfigureAwait(false);
    }

    internal void UseRelay(RelayServer relay) => _driver.Do((call, now) => call.UseRelay(relay, now));

    /// <summary>Our NAT has been measured: the report may use it, and the other side is told, for its own.</summary>
    internal void LearnNat(NatReport report)
    {
        _driver.Do((call, now) => call.LearnNat(report, null, now));
        ShareNat();
    }

    internal Task NextDrain() => Volatile.Read(ref _drained).Task;

    internal void NoteConsumed(int bytes) => Account(-bytes - MessageCost);

    /// <summary>The switchboard was away: its relays may have forgotten us.</summary>
    internal void RefreshRelays() => _driver.Do((call, now) => call.RefreshRelays(now));

    internal void ExpectRelays(bool expected) => _driver.Do((call, now) => call.ExpectRelays(expected, now));

    /// <summary>Called when a relay is lost; another one may be given to <see cref="UseRelay"/>.</summary>
    internal Action? RelayWanted { get; set; }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var happened in _driver.Happened.ReadAllAsync().ConfigureAwait(false))
            {
                Handle(happened);
            }

            End(CallFailure.None, "The session was closed.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            End(CallFailure.Handshake, "The session broke on this side.");
            throw;
        }
    }

    private void Handle(CallEvent happened)
    {
        switch (happened)
        {
            case CallEvent.SignalReady signal:
                _signals.Send(signal.Payload);
                break;
            case CallEvent.Connected:
                _connected.TrySetResult();
                ShareNat();
                break;
            case CallEvent.PathChanged change:
                Path = change.To?.Kind;
                _pathChanges.Writer.TryWrite(new(change.From?.Kind, change.To?.Kind, change.To?.RoundTrip, change.Reason));
                _reports.Writer.TryWrite(Report);
                break;
            case CallEvent.ChannelOpened { ByPeer: true } opened:
                Adopt(opened.Channel);
                break;
            case CallEvent.MessageReceived message:
                Deliver(message);
                break;
            case CallEvent.ChannelClosed closed:
                Remove(closed.Channel)?.Complete();
                break;
            case CallEvent.RelayWanted:
                RelayWanted?.Invoke();
                break;
            case CallEvent.SendBufferDrained:
                Interlocked.Exchange(ref _drained, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                break;
            case CallEvent.Ended ended:
                End(ended.Failure, ended.Reason);
                break;
        }
    }

    // Where nobody reads, a path that flaps for days must not fill the memory.
    private static Channel<T> NewestOf<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

    private void ShareNat() => _driver.Do((call, now) =>
    {
        if (call is { State: CallState.Connected, IsPeerPostern: true, LocalNat: { } report } && !_natShared)
        {
            _natShared = true;
            TryTell(call, report, now);
        }
    });

    private static void TryTell(Call call, NatReport report, Protocol.Net.Instant now)
    {
        try
        {
            call.OpenChannel(NatLabel, new DataChannelOptions(), now).SendText(NatReportJson.Write(report), now);
        }
        catch (InvalidOperationException)
        {
            // every stream is in use; the report is a courtesy
        }
    }

    private void Adopt(DataChannel channel)
    {
        var adopted = new MessageChannel(this, _driver, channel);
        lock (_channels)
        {
            _channels[channel] = adopted;
        }

        if (channel.Label is not (DatagramLabel or NatLabel) && !_incoming.Writer.TryWrite(adopted))
        {
            adopted.Close();
        }
    }

    private void Deliver(CallEvent.MessageReceived message)
    {
        if (message.Channel.Label == DatagramLabel)
        {
            _datagrams.Writer.TryWrite(message.Message);
            return;
        }

        if (message.Channel.Label == NatLabel)
        {
            if (NatReportJson.TryRead(message.Message.Span, out var report))
            {
                _driver.Do((call, now) => call.LearnNat(null, report, now));
            }

            return;
        }

        if (Find(message.Channel) is { } channel)
        {
            Account(message.Message.Length + MessageCost);
            channel.Deliver(new(message.IsText, message.Message));
        }
    }

    private void Account(long bytes)
    {
        var unread = Interlocked.Add(ref _unread, bytes);
        if (Math.Abs(unread - Interlocked.Read(ref _withheld)) >= UnreadStep || unread == 0)
        {
            Interlocked.Exchange(ref _withheld, unread);
            _driver.Do((call, now) => call.Withhold((int)Math.Clamp(Interlocked.Read(ref _unread), 0, int.MaxValue), now));
        }
    }

    private MessageChannel? Remove(DataChannel channel)
    {
        lock (_channels)
        {
            return _channels.Remove(channel, out var removed) ? removed : null;
        }
    }

    private MessageChannel? Find(DataChannel channel)
    {
        lock (_channels)
        {
            return _channels.GetValueOrDefault(channel);
        }
    }

    private void End(CallFailure failure, string reason)
    {
        if (failure == CallFailure.None)
        {
            _connected.TrySetException(new ConnectException(ConnectFailure.RefusedByPeer, reason, Report));
            _ended.TrySetResult();
        }
        else
        {
            var broken = new ConnectException(failure.ToConnectFailure(), reason, Report);
            _connected.TrySetException(broken);
            _ended.TrySetException(broken);
            _ = _ended.Task.Exception; // nobody has to look
        }

        Path = null;
        _incoming.Writer.TryComplete();
        _pathChanges.Writer.TryComplete();
        _reports.Writer.TryWrite(Report);
        _reports.Writer.TryComplete();
        _datagrams.Writer.TryComplete();
        _drained.TrySetResult();
        lock (_channels)
        {
            foreach (var channel in _channels.Values)
            {
                channel.Complete();
            }
        }
    }
}
