using Postern.Protocol.Prediction;

namespace Postern.Tests.Prediction;

/// <summary>What worked between two networks comes first, what does not is left alone, and nothing is kept for ever.</summary>
public class PairMemoryTests
{
    private const PredictionMethod Learn = PredictionMethod.Learn;

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_what_nothing_is_known_nothing_is_held_against() => After().Advise(Learn).ShouldBe(PairAdvice.Begin);

    [Fact]
    public void What_worked_begins_at_once() => After(Worked(400)).Advise(Learn).ShouldBe(PairAdvice.BeginProven);

    [Fact]
    public void What_was_never_needed_waits_for_what_came_without_it() => After(Otherwise(300)).Advise(Learn).ShouldBe(PairAdvice.Wait);

    [Theory]
    [InlineData(300, 400, PairAdvice.BeginProven)]
    [InlineData(400, 300, PairAdvice.Wait)]
    public void Where_both_worked_the_faster_comes_first(double predicted, double otherwise, PairAdvice advice)
    {
        After(Worked(predicted), Otherwise(otherwise)).Advise(Learn).ShouldBe(advice);
        After(Otherwise(otherwise), Worked(predicted)).Advise(Learn).ShouldBe(advice);
    }

    [Fact]
    public void What_had_its_time_and_did_not_come_is_not_waited_for_again()
    {
        var memory = After(Otherwise(300), Worked(400) with { HasWaited = true });
        memory.Advise(Learn).ShouldBe(PairAdvice.BeginProven);
        After(Otherwise(300), Worked(400) with { HasWaited = true }, Otherwise(300)).Advise(Learn).ShouldBe(PairAdvice.Wait, "until it comes again");
        memory.Advise(PredictionMethod.FanOut).ShouldBe(PairAdvice.Begin);
    }

    [Fact]
    public void What_failed_thrice_is_left_alone_and_another_method_is_not()
    {
        After(Vain, Vain).Advise(Learn).ShouldBe(PairAdvice.Begin);
        After(Vain, Vain, Vain).Advise(Learn).ShouldBe(PairAdvice.Leave);
        After(Vain, Vain, Vain).Advise(PredictionMethod.Ladder).ShouldBe(PairAdvice.Begin);
        After(Vain, Vain, Vain, Worked(400)).Advise(Learn).ShouldBe(PairAdvice.BeginProven);
        After(Worked(400), Vain, Vain).Advise(Learn).ShouldBe(PairAdvice.BeginProven);
        After(Worked(400), Vain, Vain, Vain).Advise(Learn).ShouldBe(PairAdvice.Leave, "networks change");
    }

    [Fact]
    public void What_failed_thrice_waits_where_anything_else_has_worked()
    {
        After(Otherwise(300), Vain, Vain).Advise(Learn).ShouldBe(PairAdvice.Begin);
        After(Vain, Vain, Vain, Otherwise(300)).Advise(Learn).ShouldBe(PairAdvice.Wait);
        After(Otherwise(300), Vain, Vain, Vain).Advise(Learn).ShouldBe(PairAdvice.Leave, "the other way has failed as often");
    }

    [Fact]
    public void Times_follow_the_latest_and_counts_stay_within_bounds()
    {
        var memory = After(Worked(400), Worked(200), Worked(100));
        memory.Find(MethodMemory.NameOf(Learn)).ShouldBe(new MethodMemory("Learn", 3, 0, 200));
        (memory.Predicted, memory.Otherwise, memory.Failed).ShouldBe((3, 0, 0));
        After(Worked(1e30 / 1e20)).Find("Learn")!.Milliseconds.ShouldBe(1_000_000);
        var full = Enum.GetValues<PredictionMethod>().Aggregate(After(), (all, method) => all.With(Worked(1) with { Method = method }, Now));
        full.With(Otherwise(1), Now).Methods.Count.ShouldBe(8);
        full.With(Otherwise(1), Now).Methods[0].Method.ShouldBe(MethodMemory.Ordinary);
    }

    [Theory]
    [InlineData(0, 0, 3, PairAdvice.Leave)]
    [InlineData(0, 1, 0, PairAdvice.Wait)]
    [InlineData(1, 4, 0, PairAdvice.BeginProven)]
    [InlineData(0, 0, 2, PairAdvice.Begin)]
    public void Counts_of_an_earlier_version_say_what_they_said(int predicted, int otherwise, int failed, PairAdvice advice) =>
        new PairMemory("", predicted, otherwise, failed, Now).Advise(Learn).ShouldBe(advice);

    [Fact]
    public void The_latest_256_are_kept_for_a_week()
    {
        var memories = new PairMemories();
        for (var i = 0; i < 300; i++)
        {
            memories.Note($"{i}", Vain, Now + TimeSpan.FromSeconds(i));
        }

        memories.All.Count.ShouldBe(256);
        memories.Recall("43", Now).ShouldBeNull();
        memories.Recall("44", Now)!.Methods.ShouldBe([new("Learn", 0, 1, 0)]);
        memories.Recall("44", Now + TimeSpan.FromDays(8)).ShouldBeNull();
    }

    private static readonly PairOutcome Vain = new(Learn, IsPredicted: false, IsDirect: false);

    private static PairOutcome Worked(double milliseconds) => new(Learn, IsPredicted: true, IsDirect: true, TimeSpan.FromMilliseconds(milliseconds));

    private static PairOutcome Otherwise(double milliseconds) => new(Learn, IsPredicted: false, IsDirect: true, TimeSpan.FromMilliseconds(milliseconds));

    private static PairMemory After(params PairOutcome[] outcomes) => outcomes.Aggregate(new PairMemory("", 0, 0, 0, Now), (memory, outcome) => memory.With(outcome, Now));
}
