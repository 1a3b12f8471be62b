using Postern.Protocol.Ice;
using Postern.Sessions.Calls;

namespace Postern.Lab.Grid.Real;

/// <summary>The same pair met for real: programs in network namespaces, with the same boxes as TUN routers between them.</summary>
public sealed record GridMeeting
{
    /// <summary>Which program: "postern".</summary>
    public required string Peer { get; init; }

    public required GridOutcome Outcome { get; init; }

    public PathKind? Path { get; init; }

    /// <summary>Milliseconds from the call to the first encrypted byte that could flow.</summary>
    public double? FirstByte { get; init; }

    /// <summary>The caller's; null where it did not come so far.</summary>
    public ConnectReport? Report { get; init; }

    /// <summary>What the program said where there is no report.</summary>
    public string? Trouble { get; init; }

    public static GridMeeting Of(string peer, ConnectReport report) => new()
    {
        Peer = peer,
        Outcome = report is not { Path: { } path, ConnectedAfter: not null } ? GridOutcome.None : path == PathKind.Relayed ? GridOutcome.Relayed : GridOutcome.Direct,
        Path = report.ConnectedAfter is null ? null : report.Path,
        FirstByte = report.ConnectedAfter,
        Report = report,
    };
}
