using System.Text.Json;
using Postern.Net.Tests.Networks;
using Postern.Net.Tests.Sessions;

namespace Postern.Net.Tests.Lab;

/// <summary>The grid with real programs behind TUN routers: what the simulator says is what happens.</summary>
[Trait("part", "net")]
public sealed class RealGridTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-real-grid-").FullName;

    public RealGridTests() => Leftovers.RequireNamespaces();

    [Theory]
    [InlineData("linux", "Punched")]
    [InlineData("firewall-1", "Predicted")]
    [InlineData("random", "Relayed")]
    [InlineData("udp-blocked", "Relayed")]
    [InlineData("web-only", "Relayed")]
    [InlineData("http-proxy-only", "Relayed")]
    [InlineData("socks-only", "Relayed")]
    public void A_pair_comes_to_the_same_end_in_the_simulator_and_for_real(string box, string path)
    {
        using var grid = new Background(PosternProgram.Path, ["lab", "grid", "--real", "--boxes", box, "--out", _folder], PosternProgram.HomeIn(_folder));
        var outcome = grid.WaitForExit(240);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "grid.json")));
        var pair = json.RootElement.GetProperty("pairs")[0];
        PathOf(pair).ShouldBe(path);
        var meeting = pair.GetProperty("meetings")[0];
        meeting.GetProperty("peer").GetString().ShouldBe("postern");
        PathOf(meeting).ShouldBe(path, outcome.Output);
        Shell.Run("ip", ["netns", "list"]).ShouldNotContain($"grid-{grid.Id}-");
    }

    [Fact]
    public void Ctrl_C_ends_a_grid_at_once_and_nothing_is_written()
    {
        using var grid = new Background(PosternProgram.Path, ["lab", "grid", "--seeds", "5", "--out", _folder], PosternProgram.HomeIn(_folder));
        Waiting.Until(() => grid.Errors.Contains("pairs simulated", StringComparison.Ordinal), 240, () => grid.Errors);
        grid.Interrupt(20).ExitCode.ShouldBe(130);
        Directory.GetFiles(_folder, "grid.*").ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? PathOf(JsonElement element) => element.TryGetProperty("path", out var path) ? path.GetString() : null;
}
