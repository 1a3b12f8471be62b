using System.CommandLine;
using Postern.Cli.Terminal;
using Postern.Protocol.Probing;

namespace Postern.Cli.Commands;

/// <summary><c>--probe quiet|polite|bold|fast</c>, for every command that calls or answers.</summary>
internal static class ProbeOption
{
    public const string Name = "--probe";

    /// <summary>What the four words mean, for <c>--help</c>.</summary>
    public const string Manual = """
        --probe says how much networks may be bothered for a direct path. What counts is each new port that a packet goes to, whatever
        it is for; our own server's do not. Ports that mean something else to others are never opened towards. All programs of a
        user pay from one purse, kept in the state folder, so that ten calls after another bother no more than one. Between two
        sides the more careful word holds, on both: no home sees more than its own keeper allows. A peer that says nothing, such
        as a browser, counts as polite.
          quiet   4 ports of one address an hour: for networks that are watched
          polite  at most 9 ports at a time, 20 ms apart, then 3.1 s of silence, and 14 of one address in 5 minutes: what known
                  detectors of port scans let pass (the usual one)
          bold    20 at a time, 80 of one address: for networks without guards against scans
          fast    40 at once and 40 a second, up to 600 of one address: finds even random ports within seconds, and looks like a port
                  scan
        Without the option the profile's choice holds: 'postern login NAME --probe WORD' keeps it.
        """;

    private static readonly Dictionary<string, ProbeMode> Words = new()
    {
        ["quiet"] = ProbeMode.Quiet,
        ["polite"] = ProbeMode.Polite,
        ["bold"] = ProbeMode.Bold,
        ["fast"] = ProbeMode.Fast,
    };

    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>(Name) { HelpName = "quiet|polite|bold|fast", Description = description };
        option.Take([.. Words.Keys]);
        return option;
    }

    /// <summary>Null where the option was not given.</summary>
    public static ProbeMode? Of(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } word ? Words[word] : null;

    public static string InWords(ProbeMode mode) => Words.First(pair => pair.Value == mode).Key;
}
