using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Drivers.Probing;

/// <summary>The shared purse as one call sees it: the call counts time from its own beginning, the purse by the wall clock.</summary>
/// <param name="shared">The purse of all calls.</param>
/// <param name="epoch">Wall clock at the call's instant zero.</param>
internal sealed class CallBudget(IProbeBudget shared, DateTimeOffset epoch) : IProbeBudget
{
    private readonly TimeSpan _offset = epoch - DateTimeOffset.UnixEpoch;

    public bool TrySpend(Endpoint destination, ProbeLimits limits, Instant now, out Instant retryAt)
    {
        var spent = shared.TrySpend(destination, limits, now + _offset, out var retryAtByWall);
        retryAt = retryAtByWall - _offset;
        return spent;
    }

    public bool NoteServer(Endpoint server, Instant now) => shared.NoteServer(server, now + _offset);

    public int TakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now) => shared.TakeMappings(target, wanted, limits, now + _offset);

    public void Suspend(Instant until) => shared.Suspend(until + _offset);
}
