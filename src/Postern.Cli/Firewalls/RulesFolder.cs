using Postern.Firewalls.Formats;

namespace Postern.Cli.Firewalls;

/// <summary>Files in a folder; what is there is not written over unless it was said so, since it may be the firewall in use.</summary>
internal static class RulesFolder
{
    public static void Write(string folder, IReadOnlyList<FormatFile> files, bool isForced)
    {
        var paths = files.Select(file => (Path: Path.Combine(folder, file.Name), file.Text)).ToList();
        if (!isForced && paths.FirstOrDefault(file => File.Exists(file.Path) && File.ReadAllText(file.Path) != file.Text) is { Path: { } there })
        {
            throw new CliException(ExitCode.Failure, $"{there} is there already; choose another folder, or say --force.");
        }

        foreach (var (path, text) in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }
}
