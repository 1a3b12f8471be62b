using System.Threading.Channels;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Drivers;

/// <summary>One session's signals, over the switchboard.</summary>
internal sealed class SessionSignal(string peer, string session, Func<string, string, SignalPayload, bool> send) : ISignal
{
    /// <summary>More than a call's candidates; a peer that sends more is not heard.</summary>
    private const int Limit = 256;

    private readonly Channel<SignalPayload> _received =
        Channel.CreateBounded<SignalPayload>(new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public string Peer => peer;

    public string Session => session;

    /// <summary>The key that the switchboard names for the peer; null before its first signal.</summary>
    public string? PeerKey { get; private set; }

    public ValueTask SendAsync(SignalPayload payload, CancellationToken cancellationToken) =>
        send(peer, session, payload)
            ? ValueTask.CompletedTask
            : ValueTask.FromException(new ConnectException(ConnectFailure.ServerUnreachable, "The switchboard takes no more signals."));

    public IAsyncEnumerable<SignalPayload> ReceiveAllAsync(CancellationToken cancellationToken) => _received.Reader.ReadAllAsync(cancellationToken);

    public void Receive(string key, SignalPayload payload)
    {
        PeerKey ??= key;
        if (PeerKey == key)
        {
            _received.Writer.TryWrite(payload);
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete(Exception? reason = null) => _received.Writer.TryComplete(reason);
}
