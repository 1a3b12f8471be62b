namespace Postern.Lab.Foreign;

/// <summary>
/// The compiled <c>libnice_agent.c</c>, made once per process against the libnice of this machine, in a folder that only its owner
/// may read and that goes with the process.
/// </summary>
internal static class LibniceProgram
{
    private static readonly string[] Tools = ["gcc", "pkg-config"]; // packages of Debian and what is in them have one name

    private static readonly Lazy<Task<string>> Compiled = new(CompileAsync);

    /// <summary>The path of the program.</summary>
    public static Task<string> PathAsync() => Compiled.Value;

    /// <summary>Throws <see cref="MissingProgramException"/> where something is not there that making it takes.</summary>
    public static async Task RequireAsync()
    {
        List<string> missing = [.. Tools.Where(program => !SearchPath.Has(program))];
        if (missing.Contains("pkg-config") || !await HasHeadersAsync())
        {
            missing.Add("libnice-dev");
        }

        if (missing.Count > 0)
        {
            throw MissingProgramException.Of("libnice", missing);
        }
    }

    /// <summary>Such as "0.1.21".</summary>
    public static async Task<string> VersionAsync() => (await ForeignProcess.RunAsync(null, "pkg-config", "--modversion", "nice")).Trim();

    private static async Task<bool> HasHeadersAsync()
    {
        try
        {
            await VersionAsync();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<string> CompileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("postern-libnice-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var source = ForeignSources.Write("libnice_agent.c", folder.FullName);
        var program = Path.Combine(folder.FullName, "libnice_agent");
        var flags = await ForeignProcess.RunAsync(null, "pkg-config", "--cflags", "--libs", "nice");
        string[] words = flags.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        await ForeignProcess.RunAsync(null, ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", source, "-o", program, .. words]);
        return program;
    }
}
