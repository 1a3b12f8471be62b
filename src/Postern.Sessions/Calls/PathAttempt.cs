using Postern.Protocol.Ice;
using Postern.Protocol.Nat;

namespace Postern.Sessions.Calls;

/// <summary>One way that was tried: a candidate pair, what it cost, and what came of it.</summary>
public sealed record PathAttempt
{
    /// <summary>The kind of path that this pair would have been.</summary>
    public required PathKind Kind { get; init; }

    /// <summary>How it would come to be; null where nobody knows.</summary>
    public ForecastMethod? Method { get; init; }

    /// <summary>The forecast's odds of that method, before anything was tried; null where not both NATs are known, or it says nothing of such a pair. 0 for a shared network where the outer addresses differ.</summary>
    public double? Odds { get; init; }

    /// <summary>Our side: type and address, as in <c>host 192.168.1.2:4711</c>.</summary>
    public required string Local { get; init; }

    public required string Remote { get; init; }

    /// <summary>Binding requests sent, repeats included.</summary>
    public required long RequestsSent { get; init; }

    public required long ResponsesReceived { get; init; }

    /// <summary>New destination ports that it opened: 0 where another attempt had paid for the port, or over the own relay.</summary>
    public int Ports { get; init; }

    /// <summary>Milliseconds from the start of the call to the first valid answer; null where none came.</summary>
    public double? ValidAfter { get; init; }

    /// <summary>Round trip in milliseconds; null where none was measured.</summary>
    public double? RoundTrip { get; init; }

    /// <summary><c>used</c>, <c>worked</c>, <c>waiting</c>, <c>failed</c> or <c>untried</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why that was its outcome, in one clause; null in reports of earlier versions where it did not fail.</summary>
    public string? Cause { get; init; }
}
