namespace Postern.Cli.Profiles;

/// <summary>Where the platform expects a program's files (XDG Base Directory Specification 0.8).</summary>
internal static class XdgFolders
{
    /// <summary>Identity and contacts.</summary>
    public static string Config => Folder("XDG_CONFIG_HOME", ".config");

    /// <summary>The server's database.</summary>
    public static string Data => Folder("XDG_DATA_HOME", ".local", "share");

    /// <summary>Reports of past connections; what was spent on probing and measured of networks, which all profiles share.</summary>
    public static string State => Folder("XDG_STATE_HOME", ".local", "state");

    private static string Folder(string variable, params string[] underHome)
    {
        var set = Environment.GetEnvironmentVariable(variable);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        var root = Path.IsPathFullyQualified(set ?? "") // "All paths … must be absolute. … consider the path invalid and ignore it."
            ? set!
            : Path.Combine([home, .. underHome]);
        return Path.IsPathFullyQualified(root)
            ? Path.Combine(root, "postern")
            : throw new CliException(ExitCode.Failure, $"Set HOME or {variable} to a folder: there is nowhere to keep keys.");
    }
}
