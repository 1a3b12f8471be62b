using Postern.Cli.Terminal;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Commands;

/// <summary>What 'why' says of the budget that held in a call, and whose word it was.</summary>
public class SpentTextTests
{
    private const string Polite = "  Probe budget: polite, which allows 14 new ports of an address in 5 minutes, 9 in a row and then 3.1 s of silence, and 256 mappings";

    [Theory]
    [InlineData(ProbeMode.Bold, ProbeMode.Polite, $"{Polite}; you allow bold, but the other side only polite.", $"{Polite}.")]
    [InlineData(ProbeMode.Polite, ProbeMode.Fast, $"{Polite}.", $"{Polite}; you allow fast, but the other side only polite.")]
    [InlineData(ProbeMode.Polite, ProbeMode.Polite, $"{Polite}.", $"{Polite}.")]
    public void The_mode_that_held_is_named_and_whose_word_it_was(ProbeMode mode, ProbeMode otherMode, string here, string there)
    {
        using var trial = new Trial(CellRun.Plan(new("linux", "random", mode), pair => pair with { OtherProbe = otherMode }) with { Patience = TimeSpan.FromSeconds(3) }, new SeededRandom(1));
        trial.Run();
        SpentText.Of(trial.Pair.One.Peer.Calls[^1].Machine.Report()).First().ShouldBe(here);
        SpentText.Of(trial.Pair.Other.Peer.Calls[^1].Machine.Report()).First().ShouldBe(there);
    }
}
