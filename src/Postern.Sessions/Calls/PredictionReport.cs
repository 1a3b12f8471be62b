using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls.Prediction;

namespace Postern.Sessions.Calls;

/// <summary>What was done in a call about ports that move, with the odds beforehand and the price.</summary>
public sealed record PredictionReport
{
    public required PredictionMethod Method { get; init; }

    /// <summary>Of a direct path, before anything was tried; where nothing was, what they would have been.</summary>
    public required double Odds { get; init; }

    /// <summary>Of one new destination port.</summary>
    public required double OddsPerPort { get; init; }

    /// <summary>Stable identifier of why this method, or why none: a page in docs/reasons.</summary>
    public required string Reason { get; init; }

    public required PredictionOutcome Outcome { get; init; }

    /// <summary>What came of it and why, in one clause with its figures; empty in reports of earlier versions.</summary>
    public string Cause { get; init; } = "";

    /// <summary>What earlier calls between these networks say of the method, in a sentence; empty where nothing is known, and in reports of earlier versions.</summary>
    public string Remembered { get; init; } = "";

    /// <summary>How much either side could probe: the more careful word of both.</summary>
    public required ProbeMode Mode { get; init; }

    /// <summary>Why that is less than this side allows, in a clause; empty where it is not, and in reports of earlier versions.</summary>
    public string Held { get; init; } = "";

    /// <summary>New destination ports of the whole call on this side, ordinary checks included.</summary>
    public required int Ports { get; init; }

    /// <summary>Mappings that this side's NAT made for questions and fan-outs, and for guesses where it makes one for each destination.</summary>
    public required int Mappings { get; init; }

    /// <summary>New destination ports that the plan said this side opens for it at most.</summary>
    public int MostPorts { get; init; }

    /// <summary>Mappings that it said at most.</summary>
    public int MostMappings { get; init; }

    /// <summary>Packets that this side sent for it, checks towards guessed ports included.</summary>
    public required long Packets { get; init; }

    /// <summary>Milliseconds from the first question to the notice that told what was learnt; null where nothing was.</summary>
    public double? LearntAfter { get; init; }
}
