using Postern.Protocol.Net;

namespace Postern.Lab.Grid.Ladders;

/// <summary>The packets of one world, as a ladder diagram shows them: places stand side by side, time runs down.</summary>
/// <param name="Places">From the caller to the callee.</param>
/// <param name="Endpoints">To which packets point by their index.</param>
/// <param name="Rungs">In the order of time.</param>
/// <param name="Packets">All packets that were seen, those on no rung of their own included.</param>
/// <param name="FirstByte">Milliseconds from the beginning of the call until both could talk; null for never.</param>
/// <param name="Direct">Milliseconds until both had a direct path; null for never.</param>
public sealed record Ladder(
    IReadOnlyList<LadderPlace> Places,
    IReadOnlyList<Endpoint> Endpoints,
    IReadOnlyList<LadderRung> Rungs,
    int Packets,
    double? FirstByte,
    double? Direct);
