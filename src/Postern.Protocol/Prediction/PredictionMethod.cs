using System.Text.Json.Serialization;

namespace Postern.Protocol.Prediction;

/// <summary>How ports that move are met.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PredictionMethod>))]
public enum PredictionMethod : byte
{
    /// <summary>Not at all: it is not needed, cannot work, or costs more than the budget has.</summary>
    None,

    /// <summary>One side counts: it punches between two questions to the server, whose answers enclose the punch's own port, and tells it.</summary>
    Learn,

    /// <summary>Both count: one opens a few ports that the other's counter is about to reach and tells its own; the other climbs into them.</summary>
    Ladder,

    /// <summary>One side draws from a range: it opens many sockets towards the other's one port, and the other asks some ports of the range.</summary>
    FanOut,

    /// <summary>One counts, the other draws: the first opens a port of the range and tells its own, towards which the other opens many sockets.</summary>
    FanToLearned,

    /// <summary>Both draw from small ranges: each asks ports of the other's in the hope of a pair that meets.</summary>
    Lottery,

    /// <summary>One side's address moves among a few: the other asks, and so opens its filter towards, each of them.</summary>
    Pool,
}
