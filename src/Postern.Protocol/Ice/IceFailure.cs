namespace Postern.Protocol.Ice;

/// <summary>Why there is no path.</summary>
public enum IceFailure : byte
{
    /// <summary>No remote candidate came that any local one could be paired with.</summary>
    NoPairs,

    /// <summary>Every pair failed; the causes stand in <see cref="IceAgent.Pairs"/>.</summary>
    AllPairsFailed,

    /// <summary>There was a path, it was lost, and none came back in time.</summary>
    PathLost,
}
