namespace Postern.Lab.Boxes.Guards;

/// <summary>Whose packets a guard looks at.</summary>
public enum GuardSide : byte
{
    /// <summary>Those of the people inside.</summary>
    Outgoing,

    /// <summary>Those of strangers.</summary>
    Incoming,

    Both,
}
