using System.Net;
using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>What is to be learnt from a log.</summary>
public sealed record LearnOptions
{
    public required ApplicationCatalogue Catalogue { get; init; }

    /// <summary>Only flows in which one of them takes part; empty for all.</summary>
    public IReadOnlyList<IPAddress> Hosts { get; init; } = [];

    /// <summary>Only flows whose log prefix contains this; empty for all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether the firewall forwards between zones; null for what the log shows.</summary>
    public bool? IsRouter { get; init; }

    /// <summary>So many hosts at one end of a rule are named; more become prefixes, and where these are too many, their whole zone.</summary>
    public int MaximumNamedHosts { get; init; } = 8;

    /// <summary>Networks that are known: many hosts of one become all of it, however few of its addresses were seen.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>The how manieth round of denying and allowing this is, where the log shows what was denied.</summary>
    public int Stage { get; init; } = 1;
}
