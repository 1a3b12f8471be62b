using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>What <see cref="PortPrediction"/> reports.</summary>
internal abstract record PredictionEvent
{
    private PredictionEvent()
    {
    }

    /// <summary>As the call takes it.</summary>
    /// <param name="ufrag">Of the generation that a candidate belongs to.</param>
    public PathsEvent ForCall(string ufrag) => this switch
    {
        SocketsWanted wanted => new PathsEvent.Forwarded(new CallEvent.SocketsWanted(wanted.Count, wanted.Address)),
        SocketDone done => new PathsEvent.Forwarded(new CallEvent.SocketDone(done.Socket)),
        NoticeReady ready => new PathsEvent.Forwarded(new CallEvent.SignalReady(ready.Notice)),
        CandidateReady ready => new PathsEvent.Forwarded(new CallEvent.SignalReady(new SignalPayload.Candidate(CandidateText.Format(ready.Candidate), ufrag))),
        Noted noted => new PathsEvent.Noted(noted.What),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>So many sockets more, bound to this address.</summary>
    public sealed record SocketsWanted(int Count, IpAddress Address) : PredictionEvent;

    /// <summary>A socket is not needed any more.</summary>
    public sealed record SocketDone(Endpoint Socket) : PredictionEvent;

    /// <summary>To be told to the other side at once.</summary>
    public sealed record NoticeReady(SignalPayload.Ports Notice) : PredictionEvent;

    /// <summary>To be told as a candidate to a peer that is no Postern.</summary>
    public sealed record CandidateReady(Candidate Candidate) : PredictionEvent;

    /// <summary>A step for the report.</summary>
    public sealed record Noted(string What) : PredictionEvent;
}
