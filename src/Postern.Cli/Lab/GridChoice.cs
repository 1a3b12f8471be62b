using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Topologies;
using Postern.Server.Storage;

namespace Postern.Cli.Lab;

/// <summary>Turns the words of a command line into plans, or says what is wrong with them.</summary>
internal static class GridChoice
{
    private const string All = "all";
    private const char Beside = '+';

    /// <summary>Those that were named, those of the pairs that were named, or all that ship.</summary>
    public static IReadOnlyList<BoxDescription> Boxes(GridWishes wishes)
    {
        var named = wishes.Boxes;
        string[] paired = [.. wishes.Pairs.Where(pair => pair != All).SelectMany(pair => pair.Split(Beside)).Distinct()];
        return named.Count > 0 ? [.. named.Select(Box)] : GridOrder.Of(paired.Length > 0 ? paired.Select(Box) : BoxCatalogue.All.Values);
    }

    /// <summary>Null where nobody meets for real; throws where somebody could not.</summary>
    public static RealPlan? Reality(GridWishes wishes, IReadOnlyList<BoxDescription> boxes)
    {
        var peers = wishes.Peers;
        if (peers.Count == 0)
        {
            return wishes.Pairs.Count == 0 ? null : throw new CliException(ExitCode.Usage, "--pairs says which pairs meet for real; say with --peer or --real who meets.");
        }

        if (peers.FirstOrDefault(peer => !RealPeers.Names.Contains(peer)) is { } stranger)
        {
            throw new CliException(ExitCode.Usage, $"No program here is called '{stranger}'; --peer takes {string.Join(", ", RealPeers.Names)}.");
        }

        var pairs = Pairs(wishes, boxes);
        string[] behind = [.. pairs.SelectMany(pair => new[] { pair.One, pair.Other })];
        if (behind.FirstOrDefault(box => !BoxCatalogue.All.ContainsKey(box)) is { } foreign)
        {
            throw new CliException(ExitCode.Usage, $"Programs meet behind boxes of the catalogue only, and '{foreign}' is none.");
        }

        LabNetworks.RequireRoot();
        RealPeers.Require(peers, behind);
        return new() { Program = Environment.ProcessPath!, RelaySecret = RelaySecret, Peers = [.. RealPeers.Names.Where(peers.Contains)], Pairs = pairs };
    }

    private static IReadOnlyList<(string One, string Other)> Pairs(GridWishes wishes, IReadOnlyList<BoxDescription> boxes)
    {
        var named = wishes.Pairs;
        return named is [] && wishes.Boxes.Count == 0 ? RealPlan.UsualPairs
            : named is [] or [All] ? [.. boxes.SelectMany(one => boxes.Select(other => (one.Id, other.Id)))]
            : [.. named.Select(Pair)];

        (string, string) Pair(string words) => words.Split(Beside) is [var one, var other]
            ? (Known(one), Known(other))
            : throw new CliException(ExitCode.Usage, $"'{words}' is no pair; it is written caller+callee, such as linux+random.");

        string Known(string id) => boxes.Any(box => box.Id == id) ? id : throw new CliException(ExitCode.Usage, $"The pairs name '{id}', which is none of --boxes.");
    }

    private static BoxDescription Box(string name) => BoxFile.Find(name, ".", out var error) ?? throw new CliException(ExitCode.Usage, error);

    private static string RelaySecret(string data)
    {
        using var store = NameStore.Open(data);
        return Convert.ToHexStringLower(store.Secrets.Turn);
    }
}
