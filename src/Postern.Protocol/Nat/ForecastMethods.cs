using System.Collections.Frozen;

namespace Postern.Protocol.Nat;

/// <summary>What two agents of this version can do between them.</summary>
public static class ForecastMethods
{
    /// <summary>Wherever they are.</summary>
    public static readonly IReadOnlySet<ForecastMethod> Built = FrozenSet.Create(
        ForecastMethod.Call,
        ForecastMethod.LocalNetwork,
        ForecastMethod.Punch,
        ForecastMethod.PunchThroughOpenFilter,
        ForecastMethod.PunchByHairpin,
        ForecastMethod.Predict,
        ForecastMethod.Relay);

    private static readonly IReadOnlySet<ForecastMethod> BuiltAndOverHttps = FrozenSet.ToFrozenSet([.. Built, ForecastMethod.RelayOverTcp]);

    /// <param name="overHttps">Both reach the relay over their switchboard's HTTPS port too, which a report implies that came through it.</param>
    public static IReadOnlySet<ForecastMethod> Between(bool overHttps) => overHttps ? BuiltAndOverHttps : Built;
}
