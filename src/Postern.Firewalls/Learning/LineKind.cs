namespace Postern.Firewalls.Learning;

/// <summary>What a line of a log, or a packet of a capture, turned out to be.</summary>
public enum LineKind : byte
{
    /// <summary>A packet that opens a flow.</summary>
    Flow,

    /// <summary>A packet or event of a flow that is there already: an answer, an error message, a later fragment, an end.</summary>
    Reply,

    /// <summary>A heading, a comment or an empty line.</summary>
    Comment,

    /// <summary>Written by no firewall; also a line of another program that only looks like one of a firewall's.</summary>
    Foreign,

    /// <summary>A firewall's line that breaks off or says what cannot be.</summary>
    Cut,

    /// <summary>Two lines written over each other.</summary>
    Interleaved,

    /// <summary>Longer than <see cref="LineAssembler.MaximumLength"/>.</summary>
    TooLong,

    /// <summary>Holds control characters, such as a terminal's escape sequences.</summary>
    Unprintable,

    /// <summary>Here the log says itself that it left lines out.</summary>
    Lost,
}
