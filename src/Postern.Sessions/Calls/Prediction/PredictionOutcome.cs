namespace Postern.Sessions.Calls.Prediction;

/// <summary>What came of the prediction of ports in one call.</summary>
public enum PredictionOutcome : byte
{
    /// <summary>Nothing was predicted; the reason says why.</summary>
    NotTried,

    UnderWay,

    /// <summary>Data takes a path whose port was predicted.</summary>
    Worked,

    /// <summary>Another direct path came first.</summary>
    NotNeeded,

    /// <summary>All that the plan had was tried.</summary>
    Failed,

    /// <summary>A firewall seems to have shut us out, so that nothing new was opened.</summary>
    ShutOut,
}
