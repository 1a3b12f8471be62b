namespace Postern.Protocol.Ice;

/// <summary>How guessed ports are asked.</summary>
public sealed record GuessRhythm
{
    /// <summary>Few ports, one of which is very likely right, perhaps before its hole is open: asked for 6 s.</summary>
    public static readonly GuessRhythm Patient = new() { Repeats = [Ms(80), Ms(200), Ms(450), Ms(950), Ms(1950), Ms(3950)] };

    /// <summary>Where the other side's own check is what finds us: opens our filter, and does not arrive before that has left.</summary>
    public static readonly GuessRhythm Opening = new() { Repeats = [Ms(300), Ms(950), Ms(1950), Ms(3950)], OpenerTimeToLive = PassesTwoRouters };

    /// <summary>The same where our port stays, so that the other side's check reaches us by itself: nothing arrives there for two seconds, lest it take a port.</summary>
    public static readonly GuessRhythm OpeningLong = Opening with { Openers = 3 };

    /// <summary>Many ports behind which holes are open already: twice each, before the next one, so that no detector sees more changes of port.</summary>
    public static readonly GuessRhythm Twice = new() { Repeats = [Ms(10)] };

    /// <summary>So many ports that a lost packet weighs less than the time to repeat it.</summary>
    public static readonly GuessRhythm Once = new() { Repeats = [] };

    /// <summary>How long after the first packet each repeat leaves, rising.</summary>
    public required IReadOnlyList<TimeSpan> Repeats { get; init; }

    /// <summary>Of the first packets, where they are only to open our own NAT; 0 for the usual one.</summary>
    public byte OpenerTimeToLive { get; init; }

    /// <summary>How many these are.</summary>
    public int Openers { get; init; } = 1;

    /// <summary>Of our own side, and none of theirs.</summary>
    public const byte PassesTwoRouters = 3;

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
