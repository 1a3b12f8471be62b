namespace Postern.Firewalls.Learning.Inference;

/// <summary>What the rules do with the flows that they were learnt from, by the evaluator's word.</summary>
/// <param name="Flows">All that something was proposed for.</param>
/// <param name="Passed">Let through.</param>
/// <param name="Quiet">Kept out without a line in the log.</param>
/// <param name="Refused">Left to the default, or stopped against what was meant.</param>
/// <param name="RefusedExamples">Some of the last kind.</param>
public sealed record Coverage(double Flows, double Passed, double Quiet, double Refused, IReadOnlyList<string> RefusedExamples);
