using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Tests.Prediction;

/// <summary>Pays for everything at once.</summary>
internal sealed class NoBudget : IProbeBudget
{
    public bool TrySpend(Endpoint destination, ProbeLimits limits, Instant now, out Instant retryAt)
    {
        retryAt = now;
        return true;
    }

    public bool NoteServer(Endpoint server, Instant now) => false;

    public int TakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now) => wanted;

    public bool TryTakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now) => true;

    public void Suspend(Instant until)
    {
        // nobody is ever stopped
    }
}
