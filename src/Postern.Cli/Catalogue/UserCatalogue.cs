using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;

namespace Postern.Cli.Catalogue;

/// <summary>The applications that come with Postern, and those of the user's own folder, which add to them or take their place.</summary>
internal static class UserCatalogue
{
    /// <summary><c>$XDG_CONFIG_HOME/postern/applications</c>; null where there is no place for a user's files.</summary>
    public static string? Folder
    {
        get
        {
            try
            {
                return Path.Combine(XdgFolders.Config, "applications");
            }
            catch (CliException)
            {
                return null;
            }
        }
    }

    /// <summary>A file of the user's that is no entry is named on standard error, and passed over.</summary>
    public static ApplicationCatalogue Load(Output output)
    {
        if (Folder is not { } folder || !Directory.Exists(folder))
        {
            return ApplicationCatalogue.Embedded;
        }

        var own = new List<Application>();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var reading = TryRead(file);
            if (reading.Application is { } application)
            {
                own.Add(application);
            }
            else
            {
                output.Remark($"postern: {file} is passed over: {reading.Issues[0]} 'postern catalogue check' lists all.");
            }
        }

        return ApplicationCatalogue.Embedded.With(own);
    }

    public static Application Find(Output output, string name)
    {
        var catalogue = Load(output);
        if (catalogue.Find(name) is { } application)
        {
            return application;
        }

        var near = catalogue.Search(name).Take(3).Select(other => other.Id).ToArray();
        var hint = near.Length > 0 ? $"did you mean {string.Join(" or ", near)}?" : "'postern catalogue list' shows all.";
        throw new CliException(ExitCode.Failure, $"The catalogue has no application \"{name}\"; {hint}");
    }

    private static EntryReading TryRead(string file)
    {
        try
        {
            return Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null, [new("", e.Message)]);
        }
    }

    /// <summary>Reads no more than an entry may have, whatever the file is.</summary>
    public static EntryReading Read(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[ApplicationReader.LongestEntry + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return ApplicationReader.Read(bytes.AsMemory(0, length));
    }
}
