using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate.Cells;

/// <summary>One pair of boxes with one budget, to be tried in many worlds.</summary>
/// <param name="One">The caller's box, an id of the catalogue.</param>
/// <param name="Other">The callee's.</param>
/// <param name="Probe">How much both may probe.</param>
/// <param name="SameCarrier">Both are behind the outermost box of the first.</param>
public sealed record Cell(string One, string Other, ProbeMode Probe, bool SameCarrier = false)
{
    public override string ToString() => $"{One} × {Other}{(SameCarrier ? " of one carrier" : "")}, {Probe}";
}
