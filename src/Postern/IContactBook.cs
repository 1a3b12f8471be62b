namespace Postern;

/// <summary>
/// Whose key is whose: the first key seen for a name is pinned, and another key under that name is refused from then on. A
/// switchboard stands in it too, as <c>@HOST:PORT</c>.
/// </summary>
public interface IContactBook
{
    /// <summary>The key pinned for a name; null where none is.</summary>
    string? FindKey(string name);

    /// <summary>Pins a key for a name that has none; a name that has one keeps it.</summary>
    void Pin(string name, string key);
}
