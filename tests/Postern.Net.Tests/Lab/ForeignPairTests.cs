using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>
/// Browsers and libnice among themselves, behind TUN routers, with our relay, as <c>postern lab grid --peer</c> lets them meet:
/// programs that know nothing of the laboratory run in it, and reach what their ICE can reach.
/// </summary>
[Trait("part", "net")]
public sealed class ForeignPairTests : IDisposable
{
    /// <summary>Of the usual pairs those behind which ordinary ICE finds a direct path.</summary>
    private const int DirectPairs = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("postern-foreign-pairs-").FullName;

    public ForeignPairTests() => LabRun.Require();

    [Theory]
    [InlineData("chromium")]
    [InlineData("libnice")]
    public void A_foreign_program_meets_itself_behind_the_usual_pairs(string peer)
    {
        RealPlan.UsualPairs.Count.ShouldBeGreaterThanOrEqualTo(6);
        var outcome = Grid(400, "--peer", peer);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        var met = Met(peer);
        met.Select(entry => (entry.One, entry.Other)).ShouldBe(RealPlan.UsualPairs, ignoreOrder: true);
        met.Select(entry => entry.Meeting.Trouble).ShouldAllBe(trouble => trouble == null);
        met.ShouldAllBe(entry => entry.Meeting.FirstByte > 0 && entry.Meeting.Caller!.Contains(' ') && entry.Meeting.Callee!.Contains(' '));

        var (direct, other) = (RealPlan.UsualPairs.Take(DirectPairs), RealPlan.UsualPairs.Skip(DirectPairs));
        other.Select(pair => OutcomeOf(met, pair)).ShouldAllBe(end => end == GridOutcome.Relayed);

        // Which path they take where both are to be had is theirs: a browser may stay on the relay. That they can is ours to see.
        direct.Count(pair => OutcomeOf(met, pair) == GridOutcome.Direct).ShouldBeGreaterThanOrEqualTo(3, outcome.Output);
    }

    [Fact]
    public void Programs_stand_beside_each_other_and_earlier_meetings_beside_later_ones()
    {
        var outcome = Grid(240, "--peer", "libnice,chromium", "--peer", "postern", "--pairs", "public+linux");
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        outcome.Output.ShouldContain("4 pairs of 2 boxes");
        foreach (var peer in RealPeers.Names)
        {
            Met(peer).Select(entry => $"{entry.One} {entry.Other} {entry.Meeting.Path}").ShouldBe(["public linux Host"], outcome.Output);
        }

        File.Move(Path.Combine(_folder, "grid.json"), Path.Combine(_folder, "earlier.json"));
        var later = Grid(120, "--peer", "libnice", "--pairs", "linux+public", "--meetings", Path.Combine(_folder, "earlier.json"));
        later.ExitCode.ShouldBe(0, later.Errors);
        Met("libnice").Select(entry => entry.One).ShouldBe(["linux", "public"], ignoreOrder: true);
        Met("chromium").Select(entry => entry.One).ShouldBe(["public"]);
        File.ReadAllText(Path.Combine(_folder, "grid.html")).ShouldContain("\"name\":\"chromium\"");
    }

    [Fact]
    public void Two_that_cannot_meet_are_said_to_have_no_path()
    {
        var outcome = Grid(240, "--peer", "libnice,chromium", "--pairs", "udp-blocked+linux,linux+socks-only");
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        foreach (var peer in (string[])["libnice", "chromium"])
        {
            var met = Met(peer);
            met.Length.ShouldBe(2);
            met.ShouldAllBe(entry => entry.Meeting.Outcome == GridOutcome.None && entry.Meeting.Path == null && entry.Meeting.FirstByte == null);
            met.ShouldAllBe(entry => entry.Meeting.Trouble!.EndsWith("found no path."));
        }
    }

    [Theory]
    [InlineData("chromium", "chromium", "Chromium cannot run on this machine: install the Debian package chromium.")]
    [InlineData("libnice", "gcc", "libnice cannot run on this machine: install the Debian package gcc.")]
    [InlineData("postern", "squid", "The HTTP proxy cannot run on this machine: install the Debian package squid.", "http-proxy-only")]
    [InlineData("postern", "danted", "The SOCKS proxy cannot run on this machine: install the Debian package dante-server.", "socks-only")]
    public void A_program_that_is_not_there_is_named_with_its_package(string peer, string program, string sentence, string box = "linux")
    {
        const string Hide = "for path in $(which -a \"$1\"); do mount --bind /dev/null \"$(readlink -f \"$path\")\" || exit; done; shift; exec \"$@\"";
        using var grid = new Background(
            "unshare", ["-m", "sh", "-c", Hide, "hide", program, PosternProgram.Path, "lab", "grid", "--peer", peer, "--boxes", box, "--out", _folder], PosternProgram.HomeIn(_folder));
        var outcome = grid.WaitForExit(120);
        (outcome.ExitCode, outcome.Errors.Trim().Split('\n')[^1]).ShouldBe((9, $"postern: {sentence}"));
        Directory.GetFiles(_folder, "grid.*").ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Outcome Grid(double seconds, params string[] arguments)
    {
        using var grid = new Background(PosternProgram.Path, ["lab", "grid", .. arguments, "--out", _folder], PosternProgram.HomeIn(_folder));
        var outcome = grid.WaitForExit(seconds);
        Shell.Run("ip", ["netns", "list"]).ShouldNotContain($"grid-{grid.Id}-");
        return outcome;
    }

    private (string One, string Other, GridMeeting Meeting)[] Met(string peer)
    {
        var met = GridMeetings.Read(File.ReadAllText(Path.Combine(_folder, "grid.json")));
        met.Peers.Select(known => known.Name).ShouldContain(peer);
        return [.. met.Met.Where(entry => entry.Meeting.Peer == peer)];
    }

    private static GridOutcome OutcomeOf((string One, string Other, GridMeeting Meeting)[] met, (string One, string Other) pair) =>
        met.Single(entry => (entry.One, entry.Other) == pair).Meeting.Outcome;
}
