namespace Postern.Sessions.Calls;

/// <summary>What <see cref="SecureStreams"/> reports.</summary>
internal abstract record StreamsEvent
{
    private StreamsEvent()
    {
    }

    /// <summary>DTLS is through.</summary>
    public sealed record Secured : StreamsEvent;

    /// <summary>Something for the application.</summary>
    public sealed record Happened(CallEvent Event) : StreamsEvent;

    /// <summary>It is over, in good order (<see cref="CallFailure.None"/>) or not.</summary>
    public sealed record Broken(CallFailure Failure, string Reason) : StreamsEvent;
}
