namespace Postern.Lab.Boxes;

/// <summary>What a NAT does where the port that its rule names is taken.</summary>
public enum ClashRule : byte
{
    /// <summary>Any free port of the range.</summary>
    Random,

    /// <summary>The next free port upwards.</summary>
    Next,

    /// <summary>The packet is dropped.</summary>
    Refuse,
}
