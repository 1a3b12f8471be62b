using System.Text.Json;

namespace Postern.Firewalls.Catalogue;

/// <summary>One JSON object of an entry, read property by property; what is wrong is noted and reading goes on.</summary>
internal sealed class EntryObject
{
    /// <summary>Longer is no sentence any more.</summary>
    private const int LongestText = 1000;

    /// <summary>More is no list that a person keeps.</summary>
    private const int LongestList = 500;

    private readonly Dictionary<string, JsonElement> _values = [];
    private readonly HashSet<string> _known = [];
    private readonly string _path;
    private readonly List<EntryIssue> _issues;

    public EntryObject(JsonElement element, string path, List<EntryIssue> issues)
    {
        (_path, _issues) = (path, issues);
        foreach (var property in Members(element))
        {
            if (!_values.TryAdd(property.Name, property.Value))
            {
                Note(Shown(property.Name), "is there twice.");
            }
        }
    }

    /// <summary>A line of text; null where it is absent.</summary>
    public string? Text(string name) => Take(name) is { } value ? Line(value, name) : null;

    /// <summary>A line of text that must be there.</summary>
    public string Required(string name)
    {
        if (!_values.ContainsKey(name))
        {
            Note(name, "is missing.");
        }

        return Text(name) ?? "";
    }

    public IReadOnlyList<string> Texts(string name) =>
        [.. Elements(name).Select((element, i) => Line(element, $"{name}[{i}]")).OfType<string>()];

    /// <summary>The objects of a list, each with its path.</summary>
    public IEnumerable<EntryObject> Objects(string name) => Elements(name).Select((element, i) =>
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Note($"{name}[{i}]", "must be an object.");
        }

        return new EntryObject(element, Path($"{name}[{i}]"), _issues);
    });

    /// <summary>An object of texts, in the order of the file.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string name)
    {
        var pairs = new OrderedDictionary<string, string>();
        if (Take(name) is { } value)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                Note(name, "must be an object of texts.");
            }

            foreach (var (key, text) in new EntryObject(value, Path(name), _issues)._values)
            {
                pairs[key] = Line(text, $"{name}.{Shown(key)}") ?? "";
            }
        }

        return pairs;
    }

    public bool Flag(string name, bool usual)
    {
        if (Take(name) is not { } value)
        {
            return usual;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Note(name, "must be true or false.");
        }

        return value.ValueKind == JsonValueKind.True;
    }

    public byte? Byte(string name)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetByte(out var number))
        {
            return number;
        }

        Note(name, "must be a number from 0 to 255.");
        return null;
    }

    public T Word<T>(string name) where T : struct, Enum => Text(name) is { } word ? Word<T>(word, name) : default;

    public IReadOnlyList<T> Words<T>(string name) where T : struct, Enum => [.. Texts(name).Select((word, i) => Word<T>(word, $"{name}[{i}]"))];

    public void Note(string name, string sentence) => _issues.Add(new(Path(name), sentence));

    /// <summary>What is usual is taken for what is absent, and the writer is told.</summary>
    public void Miss(string name, string sentence)
    {
        if (!_values.ContainsKey(name))
        {
            _issues.Add(new(Path(name), sentence, IsWarning: true));
        }
    }

    /// <summary>To be called last: what nobody asked for is an error.</summary>
    public void End()
    {
        foreach (var name in _values.Keys.Where(name => !_known.Contains(name)))
        {
            Note(Shown(name), "is no property of a catalogue entry.");
        }
    }

    private T Word<T>(string word, string name) where T : struct, Enum
    {
        if (!EntryWords.TryParse<T>(word, out var value))
        {
            Note(name, $"must be one of {string.Join(", ", EntryWords.Of<T>())}.");
        }

        return value;
    }

    private JsonElement? Take(string name)
    {
        _known.Add(name);
        return _values.TryGetValue(name, out var value) ? value : null;
    }

    private JsonElement[] Elements(string name)
    {
        if (Take(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Note(name, "must be a list.");
            return [];
        }

        if (value.GetArrayLength() > LongestList)
        {
            Note(name, $"has more than {LongestList} members.");
            return [];
        }

        return [.. value.EnumerateArray()];
    }

    /// <summary>One line that can stand in a comment of a rules file: nothing in it ends a line or steers a terminal.</summary>
    private string? Line(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String || Decoded(value) is not { } text)
        {
            Note(name, "must be a text.");
            return null;
        }

        var sentence = text.Length > LongestText ? $"is longer than {LongestText} characters."
            : text.Trim().Length == 0 ? "is empty."
            : text.Any(IsUnprintable) ? "holds a character that cannot be printed."
            : null;
        if (sentence is not null)
        {
            Note(name, sentence);
        }

        return text;
    }

    private string Path(string name) => _path.Length > 0 ? $"{_path}.{name}" : name;

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(property => (Name(property), property.Value)) : [];

    /// <summary>Half a surrogate pair, escaped or not, is no text; the parser finds out only here.</summary>
    private static string? Decoded(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }

    private static string Shown(string name)
    {
        var printable = string.Concat(name.Select(c => IsUnprintable(c) ? '?' : c));
        return printable.Length > 40 ? printable[..40] + "…" : printable;
    }

    private static bool IsUnprintable(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.Format;
}
