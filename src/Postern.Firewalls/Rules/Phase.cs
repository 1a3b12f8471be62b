namespace Postern.Firewalls.Rules;

/// <summary>The order of rules: a rule never stands before one of an earlier phase.</summary>
public enum Phase : byte
{
    /// <summary>What belongs to a flow that was let through, and the loopback.</summary>
    State,

    /// <summary>Known noise, refused without a line in the log.</summary>
    Noise,

    /// <summary>Holes with a fixed port at one end.</summary>
    Narrow,

    /// <summary>Holes to many ports.</summary>
    Wide,

    /// <summary>Rules that log what is still unknown: they would hide it from whatever came after them.</summary>
    Log,

    /// <summary>What becomes of the rest.</summary>
    Default,
}
