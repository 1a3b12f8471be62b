namespace Postern.Firewalls.Hosts;

/// <summary>The words of nftables' rules: <c>nft -a list ruleset</c>, where each rule ends with its handle.</summary>
public sealed class NftListing
{
    private const string Mark = " # handle ";

    private readonly Dictionary<(string Table, long Handle), string> _rules = [];

    private NftListing()
    {
    }

    public static NftListing Parse(string text)
    {
        var listing = new NftListing();
        var table = "";
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("table ", StringComparison.Ordinal) && line.Split(' ') is [_, var family, var name, ..])
            {
                table = $"{family} {name}";
            }
            else if (line.LastIndexOf(Mark, StringComparison.Ordinal) is > 0 and var at && long.TryParse(line.AsSpan(at + Mark.Length), out var handle))
            {
                listing._rules[(table, handle)] = line[..at].Trim();
            }
        }

        return listing;
    }

    /// <summary>Null where the listing has no such rule.</summary>
    public string? Text(string table, long handle) => _rules.GetValueOrDefault((table, handle));
}
