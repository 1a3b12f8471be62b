using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>A set of ports as lists that are short enough for the format.</summary>
internal static class PortChunks
{
    /// <param name="ports">Not any port.</param>
    /// <param name="slots">How many numbers a list may hold; a range counts two.</param>
    /// <param name="between">Stands between the ends of a range.</param>
    public static List<string> Of(PortSet ports, int slots, string between)
    {
        var (lists, taken, free) = (new List<string>(), new List<string>(), slots);
        foreach (var range in ports.Ranges)
        {
            var needs = range.Count == 1 ? 1 : 2;
            if (needs > free)
            {
                lists.Add(string.Join(',', taken));
                (taken, free) = ([], slots);
            }

            taken.Add(range.Text(between));
            free -= needs;
        }

        lists.Add(string.Join(',', taken));
        return lists;
    }
}
