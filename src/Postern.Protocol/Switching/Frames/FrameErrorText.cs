namespace Postern.Protocol.Switching.Frames;

/// <summary>One clear sentence for each <see cref="FrameError"/>.</summary>
public static class FrameErrorText
{
    public static string Sentence(this FrameError error) => error switch
    {
        FrameError.None => "The frame is in order.",
        FrameError.TooLarge => $"The frame is larger than {FrameLimits.FrameBytes} bytes.",
        FrameError.NotText => "The frame is not UTF-8 text.",
        FrameError.NotJson => "The frame is not a JSON object.",
        FrameError.TooDeep => $"The frame nests deeper than {FrameLimits.Depth} levels.",
        FrameError.TextTooLong => $"The frame holds a text longer than {FrameLimits.TextBytes} bytes.",
        FrameError.TooManyValues => $"The frame holds more than {FrameLimits.Values} values.",
        FrameError.NotARecord => "The frame is no record of this protocol: its type is unknown, or a field is missing, doubled or of the wrong kind.",
        _ => "A field of the frame is empty, too long or not in its form.",
    };
}
