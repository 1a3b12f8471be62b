namespace Postern.Lab.Boxes;

/// <summary>Which of several outer addresses a mapping gets (RFC 4787 §4.1).</summary>
public enum Pooling : byte
{
    /// <summary>An inner address keeps its outer address (REQ-2).</summary>
    Paired,

    /// <summary>Any.</summary>
    Arbitrary,
}
