namespace Postern.Protocol.Switching.Frames;

/// <summary>The bounds of one frame, which both ends enforce before anything is read from it.</summary>
public static class FrameLimits
{
    /// <summary>A frame's UTF-8 bytes.</summary>
    public const int FrameBytes = 64 * 1024;

    /// <summary>A signal's payload; what the switchboard adds when it passes it on still fits the frame.</summary>
    public const int PayloadBytes = 60 * 1024;

    /// <summary>Objects and arrays inside one another.</summary>
    public const int Depth = 12;

    /// <summary>Bytes of one text between its quotation marks.</summary>
    public const int TextBytes = 8 * 1024;

    /// <summary>Values (texts, numbers, literals, objects, arrays) in one frame.</summary>
    public const int Values = 4096;

    /// <summary>Candidates in one description.</summary>
    public const int Candidates = 64;

    /// <summary>Characters of one candidate line; the longest that we write has fewer than 200.</summary>
    public const int CandidateLength = 512;

    /// <summary>Characters of a NAT report.</summary>
    public const int NatReportLength = 8 * 1024;

    /// <summary>Characters of a sentence for people.</summary>
    public const int SentenceLength = 500;
}
