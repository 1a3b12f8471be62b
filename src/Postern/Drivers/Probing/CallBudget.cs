using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Drivers.Probing;

/// <summary>The shared purse as one call sees it: the call counts time from its own beginning, the purse by the wall clock.</summary>
/// <param name="shared">The purse of all calls.</param>
/// <param name="epoch">Wall clock at the call's instant zero.</param>
/// <param name="time">Shows how far the wall clock has been set since: all who share the purse go by the same one.</param>
internal sealed class CallBudget(IProbeBudget shared, DateTimeOffset epoch, TimeProvider time) : IProbeBudget
{
    private readonly long _began = time.GetTimestamp();
    private readonly TimeSpan _ahead = time.GetUtcNow() - epoch; // of the call's instant zero, when this was made

    public bool TrySpend(Endpoint destination, ProbeLimits limits, Instant now, out Instant retryAt)
    {
        var offset = Offset;
        var spent = shared.TrySpend(destination, limits, now + offset, out var retryAtByWall);
        retryAt = retryAtByWall - offset;
        return spent;
    }

    public bool NoteServer(Endpoint server, Instant now) => shared.NoteServer(server, now + Offset);

    public int TakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now) => shared.TakeMappings(target, wanted, limits, now + Offset);

    public bool TryTakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now) => shared.TryTakeMappings(target, wanted, limits, now + Offset);

    public void Suspend(Instant until) => shared.Suspend(until + Offset);

    /// <summary>From the call's clock to the wall's, which may have been set, or have gone on while the computer slept.</summary>
    private TimeSpan Offset => time.GetUtcNow() - DateTimeOffset.UnixEpoch - _ahead - time.GetElapsedTime(_began);
}
