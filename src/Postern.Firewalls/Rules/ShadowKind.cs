namespace Postern.Firewalls.Rules;

/// <summary>How rules get into each other's way.</summary>
public enum ShadowKind : byte
{
    /// <summary>Rules before it decide on every packet that it is about.</summary>
    NeverReached,

    /// <summary>It writes to the log, and a later rule never sees what it took.</summary>
    LogMasks,

    /// <summary>It drops what a later rule would refuse: the application waits.</summary>
    DropHidesReject,

    /// <summary>It lets pass what the applications do not need.</summary>
    Wider,

    /// <summary>It drops what the applications must be refused.</summary>
    DropForReject,
}
