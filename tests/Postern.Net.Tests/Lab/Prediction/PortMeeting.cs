using Postern.Protocol.Ice;
using Postern.Sessions.Calls;

namespace Postern.Net.Tests.Lab.Prediction;

/// <summary>What came of one call.</summary>
/// <param name="Report">The caller's; null where it did not come so far.</param>
/// <param name="Said">What the caller's program said.</param>
internal sealed record PortMeeting(ConnectReport? Report, string Said)
{
    public bool IsDirect => Report is { ConnectedAfter: not null, Path: not (null or PathKind.Relayed) };

    /// <summary>Seconds from the call to the validated direct path; null where there is none.</summary>
    public double? DirectAfter => IsDirect ? Report!.Attempts.First(attempt => attempt.Outcome == "used").ValidAfter / 1000 : null;

    /// <summary>Seconds from the call to the first byte.</summary>
    public double? FirstByteAfter => Report?.ConnectedAfter / 1000;

    public override string ToString() => Report is null ? Said : $"{Report.Path} after {DirectAfter} s; {string.Join(" | ", Report.Steps.Select(step => $"{step.At:0} {step.What}"))}";
}
