namespace Postern.Protocol.Reasons;

/// <summary>Whose network a reason is about.</summary>
public enum ReasonSide : byte
{
    /// <summary>Both, or it is not said whose.</summary>
    Both,

    /// <summary>The side that reads it.</summary>
    You,

    Peer,
}
