using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.Frp;

/// <summary>What a side is sent to do, and towards whom.</summary>
/// <param name="Move">Its move.</param>
/// <param name="Candidates">The other side's mapped endpoints, without repeats.</param>
/// <param name="Inner">The other side's own endpoint, which a sender tries as well.</param>
/// <param name="Spread">How far the other side's ports lay apart.</param>
/// <param name="Patience">How long it waits for an answer once it has begun.</param>
internal sealed record FrpTask(FrpMove Move, IReadOnlyList<Endpoint> Candidates, Endpoint Inner, int Spread, TimeSpan Patience)
{
    private const int Margin = 5;

    /// <summary>The ports around the last one that was seen; empty where the move has no range.</summary>
    public IEnumerable<ushort> Range()
    {
        var reach = Math.Min(Spread + Margin, Move.Range);
        var last = Candidates[^1].Port;
        return Move.Range == 0 ? [] : Enumerable.Range(last - reach, (2 * reach) + 1).Where(port => port is > 0 and <= ushort.MaxValue).Select(port => (ushort)port);
    }
}
