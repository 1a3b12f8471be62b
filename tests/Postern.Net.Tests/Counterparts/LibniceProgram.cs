namespace Postern.Net.Tests.Counterparts;

/// <summary>The compiled <c>libnice_agent.c</c>, made once per run of the tests, beside their own binaries.</summary>
internal static class LibniceProgram
{
    private static readonly Lazy<Task<string>> Compiled = new(CompileAsync);

    /// <summary>The path of the program.</summary>
    public static Task<string> PathAsync() => Compiled.Value;

    private static async Task<string> CompileAsync()
    {
        var source = CounterpartFiles.Source("libnice_agent.c");
        var program = Path.Combine(AppContext.BaseDirectory, "libnice_agent");
        var fresh = $"{program}.{Environment.ProcessId}";
        var flags = await ForeignProcess.RunAsync(null, "pkg-config", "--cflags", "--libs", "nice");
        string[] words = flags.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        await ForeignProcess.RunAsync(null, ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", source, "-o", fresh, .. words]);
        File.Move(fresh, program, overwrite: true);
        return program;
    }
}
