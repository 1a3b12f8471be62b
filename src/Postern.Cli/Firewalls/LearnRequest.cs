using System.Net;

namespace Postern.Cli.Firewalls;

/// <summary>What <c>postern learn</c> was asked for.</summary>
internal sealed record LearnRequest
{
    /// <summary>Paths; "-" for standard input.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    public bool Journal { get; init; }

    public IReadOnlyList<IPAddress> Hosts { get; init; } = [];

    public string Prefix { get; init; } = "";

    public bool? IsRouter { get; init; }

    public int Stage { get; init; } = 1;

    public int MaximumNamedHosts { get; init; } = 8;

    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Id of a format; null for none.</summary>
    public string? Format { get; init; }

    public string? Into { get; init; }

    public bool IsWhole { get; init; }

    /// <summary>Id of a catalogue entry to write; null for none.</summary>
    public string? Save { get; init; }

    /// <summary>Without a review, even in a terminal.</summary>
    public bool KeepsAll { get; init; }
}
