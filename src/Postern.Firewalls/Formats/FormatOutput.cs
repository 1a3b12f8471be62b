namespace Postern.Firewalls.Formats;

/// <summary>What a format made of a policy.</summary>
/// <param name="Files">One or more, with the usual names of the format's files; each begins with a comment that lists the losses.</param>
/// <param name="Losses">What was left out.</param>
/// <param name="Opened">How many rules that let something pass were written.</param>
public sealed record FormatOutput(IReadOnlyList<FormatFile> Files, IReadOnlyList<FormatLoss> Losses, int Opened)
{
    /// <summary>What of the host would still refuse flows that the rules let pass: one sentence each; empty too where the host is not known.</summary>
    public IReadOnlyList<string> Obstacles { get; init; } = [];
}
