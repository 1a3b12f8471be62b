using Postern.Lab.Foreign;
using Postern.Protocol.Ice;
using Postern.Sessions.Calls;

namespace Postern.Lab.Grid.Real;

/// <summary>What came of it when two of one program met behind the boxes of a pair.</summary>
public sealed record GridMeeting
{
    /// <summary>Which program: the name of a <see cref="GridPeer"/>.</summary>
    public required string Peer { get; init; }

    public required GridOutcome Outcome { get; init; }

    public PathKind? Path { get; init; }

    /// <summary>Milliseconds from the call to the first byte that could flow.</summary>
    public double? FirstByte { get; init; }

    /// <summary>The caller's pair in ICE's words, "type address port to type address port", where a foreign program said so.</summary>
    public string? Caller { get; init; }

    /// <summary>The callee's pair, likewise; each may have chosen for itself.</summary>
    public string? Callee { get; init; }

    /// <summary>The caller's; null where it did not come so far, or the program is not ours.</summary>
    public ConnectReport? Report { get; init; }

    /// <summary>What the program said where there is no path.</summary>
    public string? Trouble { get; init; }

    public static GridMeeting Of(string peer, ConnectReport report) => new()
    {
        Peer = peer,
        Outcome = report is not { Path: { } path, ConnectedAfter: not null } ? GridOutcome.None : OutcomeOf(path),
        Path = report.ConnectedAfter is null ? null : report.Path,
        FirstByte = report.ConnectedAfter,
        Report = report,
    };

    internal static GridMeeting Of(string peer, ForeignPair caller, ForeignPair callee, TimeSpan firstByte)
    {
        var path = ForeignPair.PathOf(caller, callee);
        return new() { Peer = peer, Outcome = OutcomeOf(path), Path = path, FirstByte = Math.Round(firstByte.TotalMilliseconds, 1), Caller = $"{caller}", Callee = $"{callee}" };
    }

    /// <summary>No path.</summary>
    /// <param name="peer">Which program.</param>
    /// <param name="said">What it said; its last line is kept.</param>
    public static GridMeeting Failed(string peer, string said) => new()
    {
        Peer = peer,
        Outcome = GridOutcome.None,
        Trouble = said.Trim() is { Length: > 0 } words ? words.Split('\n')[^1].Trim() : "It said nothing.",
    };

    private static GridOutcome OutcomeOf(PathKind path) => path == PathKind.Relayed ? GridOutcome.Relayed : GridOutcome.Direct;
}
