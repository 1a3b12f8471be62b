namespace Postern.Protocol.Prediction;

/// <summary>What earlier calls between two networks say of a plan.</summary>
public enum PairAdvice : byte
{
    /// <summary>Begin at once: nothing is known of it, or nothing has worked better.</summary>
    Begin,

    /// <summary>Begin at once: it has worked.</summary>
    BeginProven,

    /// <summary>A path without it came first, came faster, or still came when it failed: give that one some time.</summary>
    Wait,

    /// <summary>It was in vain too often, and nothing else has worked either.</summary>
    Leave,
}
