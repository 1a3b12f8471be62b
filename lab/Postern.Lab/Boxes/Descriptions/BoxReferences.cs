namespace Postern.Lab.Boxes.Descriptions;

/// <summary>Whether the boxes that a description names are there. Only those of the catalogue can be named, so that no description leads back to itself.</summary>
internal static class BoxReferences
{
    /// <param name="description">Any one.</param>
    /// <param name="known">The boxes that it may name, by id.</param>
    /// <returns>One sentence of what is wrong first; null where nothing is.</returns>
    public static string? Fault(BoxDescription description, IReadOnlyDictionary<string, BoxDescription> known)
    {
        var isOwn = !known.ContainsKey(description.Id);
        return Stranger(description.Row, known) is { } member ? Unknown("row", member)
            : description.NatOf is not { } other ? null
            : !known.TryGetValue(other, out var owner) ? Unknown("natOf", other)
            : owner is { Nat: null, NatOf: null } ? $"natOf: '{other}' has no NAT of its own to share; name one that has."
            : null;

        string Unknown(string word, string id) => isOwn && id == description.Id
            ? $"{word}: '{id}' names itself; name boxes of the catalogue: {string.Join(", ", known.Keys)}."
            : $"{word}: no box of the catalogue is called '{id}'; name one of {string.Join(", ", known.Keys)}.";
    }

    private static string? Stranger(IReadOnlyList<string> row, IReadOnlyDictionary<string, BoxDescription> known) =>
        row.Select(id => id ?? "null").FirstOrDefault(id => !known.ContainsKey(id)); // a list in JSON may have null in it
}
