using Postern.Protocol.Ice;

namespace Postern.Sessions.Calls;

/// <summary>What <see cref="Paths"/> reports.</summary>
internal abstract record PathsEvent
{
    private PathsEvent()
    {
    }

    /// <summary>A candidate of ours for the other side.</summary>
    public sealed record CandidateFound(string Line) : PathsEvent;

    public sealed record Moved(IcePath? From, IcePath? To, string Reason) : PathsEvent;

    /// <summary>Something for the call's driver or for the other side.</summary>
    public sealed record Forwarded(CallEvent Event) : PathsEvent;

    /// <summary>A step for the report.</summary>
    public sealed record Noted(string What) : PathsEvent;

    /// <summary>A relay does not know us any more; another grant is wanted.</summary>
    public sealed record RelayLost : PathsEvent;

    public sealed record AllFailed(string Reason) : PathsEvent;
}
