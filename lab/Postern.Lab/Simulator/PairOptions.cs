using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Simulator;

/// <summary>Two homes, what stands before each, and the internet between them.</summary>
public sealed record PairOptions
{
    public required BoxDescription One { get; init; }

    public required BoxDescription Other { get; init; }

    /// <summary>Both stand behind the outermost box of the first, as customers of one carrier or users of one router.</summary>
    public bool ShareOutermost { get; init; }

    /// <summary>Guards posted at every box of both homes, besides those that a box has.</summary>
    public IReadOnlyList<GuardRules> Watch { get; init; } = [];

    /// <summary>Posts others in the place of each guard; null leaves it there.</summary>
    internal Func<GuardRules, IEnumerable<GuardRules>>? Guarding { get; init; }

    /// <summary>One way from each home to the middle of the internet.</summary>
    public TimeSpan ToMiddle { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>One way from the server to the middle.</summary>
    public TimeSpan ServerToMiddle { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>What else the homes' links do; their delay is <see cref="ToMiddle"/>.</summary>
    public LinkRules Link { get; init; } = new() { Hops = 1 };

    public bool HasIpv6 { get; init; }

    /// <summary>Of switchboard (TCP) and relay (UDP); the next one is the relay's second.</summary>
    public ushort ServerPort { get; init; } = Hosts.LabServer.UsualPort;

    /// <summary>Whether the server has a second address, as RFC 5780 wants it.</summary>
    public bool ServerHasTwoAddresses { get; init; } = true;

    /// <summary>Whether the peers measure their NATs before they call.</summary>
    public bool Measures { get; init; } = true;

    public bool RelayOnly { get; init; }

    /// <summary>Makes of what both have measured what reports of an earlier hour would say; null where they are fresh.</summary>
    public Func<NatReport, NatReport>? Remembered { get; init; }

    /// <summary>When the first peer is started; all zero starts everything at once.</summary>
    public TimeSpan OneStartsAfter { get; init; }

    /// <summary>When the other is.</summary>
    public TimeSpan OtherStartsAfter { get; init; }

    /// <summary>When the server is: whoever is earlier finds nobody there.</summary>
    public TimeSpan ServerStartsAfter { get; init; }

    /// <summary>How much the peers may probe.</summary>
    public ProbeMode Probe { get; init; }

    /// <summary>How much the other allows; null where it allows the same.</summary>
    public ProbeMode? OtherProbe { get; init; }

    /// <summary>What each peer's probing is paid from; null gives each a purse of its own.</summary>
    public Func<IProbeBudget>? Budget { get; init; }

    /// <summary>What each peer remembers of earlier calls; null for nothing.</summary>
    public Func<IPairMemories>? Memories { get; init; }
}
