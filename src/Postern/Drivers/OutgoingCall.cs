namespace Postern.Drivers;

/// <summary>A call of ours that is under way, and may have to yield to the peer's own.</summary>
internal sealed class OutgoingCall
{
    private readonly TaskCompletionSource<IncomingSession> _yielded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The peer's call to which ours yields.</summary>
    public Task<IncomingSession> Yielded => _yielded.Task;

    public void Yield(IncomingSession call) => _yielded.TrySetResult(call);
}
