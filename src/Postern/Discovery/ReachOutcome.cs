namespace Postern.Discovery;

/// <summary>What became of an attempt to reach a port.</summary>
internal enum ReachOutcome
{
    /// <summary>Somebody answered as hoped.</summary>
    Answered,

    /// <summary>The port is closed, and something said so: the way there is open, or a firewall on it refuses aloud.</summary>
    Refused,

    /// <summary>Nothing came back.</summary>
    Silent,

    /// <summary>A router, or the own system, says that there is no way.</summary>
    Unreachable,

    /// <summary>The own system did not let it out.</summary>
    Forbidden,
}
