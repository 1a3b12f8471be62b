namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>
/// Which standing chains a fragment is asked from: <c>[[FAMILY] TABLE] CHAIN[,CHAIN…]</c>. A chain is named for a way as
/// <c>input=CHAIN</c>, <c>forward=CHAIN</c> or <c>output=CHAIN</c>; one that has such a name is for that way, and any other is for
/// forwarded packets of a router or for a host's incoming ones.
/// </summary>
/// <param name="Family">Of nftables.</param>
/// <param name="Table">Of nftables.</param>
internal sealed record InsertionPoint(string Family, string Table, string Input, string Forward, string Output)
{
    public static readonly InsertionPoint Nftables = new("inet", "filter", "input", "forward", "output");

    public static readonly InsertionPoint Iptables = new("", "filter", "INPUT", "FORWARD", "OUTPUT");

    public string this[Place place] => place switch
    {
        Place.Input => Input,
        Place.Forward => Forward,
        Place.Output => Output,
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "Only filter chains are asked from standing ones."),
    };

    /// <summary>Throws <see cref="FormatException"/> with a sentence for the user where the text makes no sense.</summary>
    public static InsertionPoint Parse(string? text, InsertionPoint usual, bool isRouter)
    {
        var words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 3 || Array.Exists(words, word => !IsName(word)) || (words.Length == 3 && words[0] is not ("inet" or "ip" or "ip6")))
        {
            throw new FormatException($"'{text}' names no chain: it is CHAIN, TABLE CHAIN, or inet|ip|ip6 TABLE CHAIN; several chains have commas between.");
        }

        var point = words.Length switch
        {
            3 => usual with { Family = words[0], Table = words[1] },
            2 => usual with { Table = words[0] },
            _ => usual,
        };
        return words.Length == 0 ? point : words[^1].Split(',').Aggregate(point, (now, chain) => now.With(chain, isRouter));
    }

    private InsertionPoint With(string chain, bool isRouter)
    {
        var parts = chain.Split('=');
        var way = parts.Length == 2 ? parts[0] : chain.ToLowerInvariant();
        var name = parts[^1];
        return (parts.Length, way, isRouter) switch
        {
            _ when name.Length == 0 => throw new FormatException($"'{chain}' names no chain."),
            ( <= 2, "input", _) => this with { Input = name },
            ( <= 2, "forward", _) => this with { Forward = name },
            ( <= 2, "output", _) => this with { Output = name },
            (1, _, true) => this with { Forward = name },
            (1, _, false) => this with { Input = name },
            _ => throw new FormatException($"'{chain}': a chain is named for input, forward or output."),
        };
    }

    private static bool IsName(string word) => word.All(sign => char.IsAsciiLetterOrDigit(sign) || "_-./,=".Contains(sign));
}
