namespace Postern.Protocol.Nat;

/// <summary>How a kind of peer can be reached.</summary>
public sealed record PeerOutlook(TypicalPeer Peer, IReadOnlyList<ForecastPath> Paths)
{
    /// <summary>The best path that is more probable than not; null where there is none.</summary>
    public ForecastPath? Best => Paths.FirstOrDefault(p => p.Odds >= 0.5);
}
