using System.Diagnostics;
using Postern.Net.Tests.Networks;
using Postern.Tests.Repository;

namespace Postern.Tests.Commands;

/// <summary>The scripts at the root, apart from what they start.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-path-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Once_built_the_version_is_there_within_three_tenths_of_a_second()
    {
        TimeSpan.FromSeconds(0.3).ShouldBeGreaterThan(Enumerable.Range(0, 20).Min(_ => TimeOfVersion()), "the fastest of twenty, since other programs run here too");
    }

    [Theory]
    [InlineData("postern", "--version")]
    [InlineData("test", "unit")]
    public void Without_the_SDK_a_script_says_in_one_sentence_how_to_get_it(string script, string argument)
    {
        foreach (var tool in new[] { "bash", "readlink", "dirname", "find", "mkdir", "mktemp", "rm", "cat", "touch", "flock", "sed", "grep", "env" })
        {
            File.CreateSymbolicLink(Path.Combine(_folder, tool), Found(tool));
        }

        using var process = new Background(Path.Combine(Checkout.Root, script), [argument], new Dictionary<string, string> { ["PATH"] = _folder });
        var refused = process.WaitForExit(30);
        refused.ExitCode.ShouldBe(127, refused.Errors);
        refused.Output.ShouldBeEmpty();
        refused.Errors.ShouldStartWith("postern: this needs the .NET 10 SDK");
        refused.Errors.Count(character => character == '\n').ShouldBe(1, refused.Errors);
    }

    private static TimeSpan TimeOfVersion()
    {
        var watch = Stopwatch.StartNew();
        using var process = new Background(PosternProgram.Path, ["--version"]);
        process.WaitForExit(300).ExitCode.ShouldBe(0, process.Errors);
        return watch.Elapsed;
    }

    private static string Found(string tool) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
