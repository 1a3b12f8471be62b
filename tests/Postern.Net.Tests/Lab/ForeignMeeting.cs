namespace Postern.Net.Tests.Lab;

/// <summary>What became of two foreign peers behind two boxes; as a grid of the laboratory has it for ours.</summary>
internal sealed record ForeignMeeting
{
    /// <summary>The program: "chromium" or "libnice".</summary>
    public required string Peer { get; init; }

    /// <summary>The box of the one that offers, or controls.</summary>
    public required string One { get; init; }

    public required string Other { get; init; }

    /// <summary>"Direct", "Relayed" or "None".</summary>
    public required string Outcome { get; init; }

    /// <summary>The first one's own candidate of the pair that it selected, as "type address port".</summary>
    public string? Local { get; init; }

    /// <summary>Likewise the other one's.</summary>
    public string? Remote { get; init; }

    /// <summary>Milliseconds from both descriptions known until data can flow.</summary>
    public double? FirstByte { get; init; }

    public string? Trouble { get; init; }
}
