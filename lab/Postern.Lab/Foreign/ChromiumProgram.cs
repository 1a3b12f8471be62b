namespace Postern.Lab.Foreign;

/// <summary>Debian's Chromium.</summary>
internal static class ChromiumProgram
{
    /// <summary>The command.</summary>
    public const string Name = "chromium";

    /// <summary>Throws <see cref="MissingProgramException"/> where it is not there.</summary>
    public static void Require()
    {
        if (!SearchPath.Has(Name))
        {
            throw MissingProgramException.Of("Chromium", ["chromium"]);
        }
    }

    /// <summary>Such as "156.0.8078.108".</summary>
    public static async Task<string> VersionAsync() => (await ForeignProcess.RunAsync(null, Name, "--version")).Split(' ').First(word => word.Length > 0 && char.IsDigit(word[0]));
}
