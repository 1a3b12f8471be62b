using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Which part this side plays.</summary>
internal static class PredictionParts
{
    public static IPredictionPart For(PredictionDesk desk) => desk.Plan switch
    {
        { Method: PredictionMethod.Learn, Opens: true } => new LearnPart(desk, () => desk.Peer),
        { Method: PredictionMethod.Ladder, Opens: true } => new LadderOpenPart(desk),
        { Method: PredictionMethod.Ladder } => new LadderClimbPart(desk),
        { FansOut: true } => new FanPart(desk),
        { Method: PredictionMethod.FanToLearned } => new LearnPart(desk, OneOfTheirs(desk)),
        { Method: PredictionMethod.Lottery } => new AskPart(desk, desk.Remote!.Ports.BlockSize, OfTheirs(desk), GuessRhythm.Once),
        { Method: PredictionMethod.Pool } when desk.Theirs.Count > 1 => new AskPart(desk, 1, () => [desk.Peer.Port], desk.Ours.Count == 1 ? GuessRhythm.OpeningLong : GuessRhythm.Opening),
        { Method: PredictionMethod.Pool } => new PoolPart(desk),
        _ => new GuessPart(desk),
    };

    /// <summary>One port of the other side's range, the same in every round.</summary>
    private static Func<Endpoint> OneOfTheirs(PredictionDesk desk)
    {
        var port = RandomPorts.Of(desk.Remote!.Ports.BlockStart, desk.Remote.Ports.BlockSize, 1, desk.Random);
        return () => desk.Peer == Endpoint.None || port.Count == 0 ? Endpoint.None : desk.Peer with { Port = (ushort)port[0] };
    }

    /// <summary>As many as the plan has.</summary>
    private static Func<IEnumerable<int>> OfTheirs(PredictionDesk desk) =>
        () => RandomPorts.Of(desk.Remote!.Ports.BlockStart, desk.Remote.Ports.BlockSize, desk.Plan.Ports, desk.Random);
}
