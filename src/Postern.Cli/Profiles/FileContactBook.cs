using System.Text.Json;

namespace Postern.Cli.Profiles;

/// <summary>The keys of those we have met, in a file: name → public key. The first key seen for a name is pinned.</summary>
internal sealed class FileContactBook(string path) : IContactBook
{
    private readonly Lock _gate = new();

    public IReadOnlyDictionary<string, string> All()
    {
        lock (_gate)
        {
            return Read();
        }
    }

    public string? FindKey(string name)
    {
        lock (_gate)
        {
            return Read().GetValueOrDefault(name);
        }
    }

    public void Pin(string name, string key)
    {
        lock (_gate)
        {
            var contacts = Read();
            if (contacts.TryAdd(name, key))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var beside = $"{path}.{Environment.ProcessId}";
                File.WriteAllText(beside, JsonSerializer.Serialize(contacts, CliJson.Default.SortedDictionaryStringString));
                File.Move(beside, path, overwrite: true);
            }
        }
    }

    private SortedDictionary<string, string> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), CliJson.Default.SortedDictionaryStringString) ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException)
        {
            throw new CliException(ExitCode.Failure, $"{path} is damaged; mend or remove it.");
        }
    }
}
