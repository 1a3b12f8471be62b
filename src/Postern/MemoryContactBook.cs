using System.Collections.Concurrent;

namespace Postern;

/// <summary>Pins keys for as long as the process lives.</summary>
public sealed class MemoryContactBook : IContactBook
{
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public string? FindKey(string name) => _keys.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Pin(string name, string key) => _keys.TryAdd(name, key);
}
