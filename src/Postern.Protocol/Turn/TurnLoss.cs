namespace Postern.Protocol.Turn;

/// <summary>Why an allocation ended.</summary>
public enum TurnLoss
{
    /// <summary>We gave it back.</summary>
    Released,

    /// <summary>The server stopped answering.</summary>
    Timeout,

    /// <summary>The server no longer knows it (437): restarted, or it expired.</summary>
    Unknown,

    /// <summary>The server refused to refresh it.</summary>
    Refused,
}
