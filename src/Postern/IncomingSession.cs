using Postern.Drivers;
using Postern.Protocol.Switching.Descriptions;

namespace Postern;

/// <summary>Somebody calls. The offer is signed by the key that is known for the caller's name.</summary>
public sealed class IncomingSession
{
    private readonly PosternClient _client;
    private int _answered;

    internal IncomingSession(PosternClient client, SessionSignal signal)
    {
        _client = client;
        Signal = signal;
    }

    /// <summary>Who calls.</summary>
    public string From => Signal.Peer;

    internal SessionSignal Signal { get; }

    /// <summary>Answers. Throws <see cref="ConnectException"/> where no session comes of it.</summary>
    public Task<PosternSession> AcceptAsync(CancellationToken cancellationToken = default)
    {
        Answer();
        return _client.AnswerAsync(Signal, cancellationToken);
    }

    /// <summary>Refuses; the caller is told.</summary>
    /// <param name="reason">One sentence for the caller.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public async Task RejectAsync(string reason, CancellationToken cancellationToken = default)
    {
        Answer();
        try
        {
            await Signal.SendAsync(new SignalPayload.Bye(HangUp.Declined, reason), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _client.Forget(Signal);
        }
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref _answered, 1) != 0)
        {
            throw new InvalidOperationException("A call is answered once.");
        }
    }
}
