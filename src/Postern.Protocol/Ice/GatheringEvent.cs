using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>What happened in <see cref="Gathering"/>.</summary>
public abstract record GatheringEvent
{
    private GatheringEvent()
    {
    }

    /// <summary>A host or server-reflexive candidate, to be given to the agent and to the peer.</summary>
    public sealed record CandidateGathered(Candidate Candidate) : GatheringEvent;

    /// <summary>A server answered; <paramref name="Mapped"/> equals <paramref name="Host"/> where no NAT stands between.</summary>
    public sealed record ServerAnswered(Endpoint Host, Endpoint Server, Endpoint Mapped, TimeSpan RoundTrip) : GatheringEvent;

    /// <summary>A server did not answer in time, or with the error <paramref name="Error"/> (0 for none).</summary>
    public sealed record ServerFailed(Endpoint Host, Endpoint Server, int Error) : GatheringEvent;

    /// <summary>Every server answered or was given up for every host.</summary>
    public sealed record Completed(int Candidates) : GatheringEvent;
}
