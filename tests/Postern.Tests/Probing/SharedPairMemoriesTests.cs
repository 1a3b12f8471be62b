using System.Text.Json;
using Postern.Drivers.Probing;
using Postern.Protocol.Prediction;

namespace Postern.Tests.Probing;

/// <summary>What worked between networks outlives the process, and a broken file costs nothing.</summary>
public sealed class SharedPairMemoriesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Pair = new('a', 32);
    private static readonly PairOutcome Vain = new(PredictionMethod.FanOut, IsPredicted: false, IsDirect: false);
    private static readonly PairOutcome Learnt = new(PredictionMethod.Learn, IsPredicted: true, IsDirect: true, TimeSpan.FromMilliseconds(420));

    private readonly string _folder = Directory.CreateTempSubdirectory("postern-pairs-").FullName;

    [Fact]
    public void Another_process_reads_what_one_has_noted()
    {
        new SharedPairMemories(_folder).Note(Pair, Vain, Now);
        new SharedPairMemories(_folder).Note(Pair, Vain, Now);
        var memories = new SharedPairMemories(_folder);
        memories.Recall(Pair, Now)!.Failed.ShouldBe(2);
        memories.Recall(Pair, Now + TimeSpan.FromDays(8)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("""[{"Pair":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","Predicted":0,"Otherwise":0,"Failed":9,"LastAt":"2026-11-26T12:00:00+00:00","Methods":{"Learn":1}}]""")]
    [InlineData("""[{"Pair":"short","Predicted":0,"Otherwise":0,"Failed":9,"LastAt":"2026-11-26T12:00:00+00:00"}]""")]
    [InlineData("""[{"Pair":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","Predicted":0,"Otherwise":0,"Failed":9,"LastAt":"2099-01-01T00:00:00+00:00"}]""")]
    public void What_is_no_memory_is_passed_over_and_written_anew(string text)
    {
        Write(text);
        var memories = new SharedPairMemories(_folder);
        memories.Recall(Pair, Now).ShouldBeNull();
        memories.Note(Pair, Learnt, Now);
        new SharedPairMemories(_folder).Recall(Pair, Now)!.Predicted.ShouldBe(1);
    }

    [Fact]
    public void A_file_of_an_earlier_version_keeps_its_counts_and_gains_methods()
    {
        Write("""[{"Pair":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","Predicted":2,"Otherwise":1,"Failed":0,"LastAt":"2026-11-26T11:00:00+00:00"}]""");
        var memories = new SharedPairMemories(_folder);
        memories.Recall(Pair, Now)!.Advise(PredictionMethod.Learn).ShouldBe(PairAdvice.BeginProven);
        memories.Note(Pair, Learnt, Now);
        var read = new SharedPairMemories(_folder).Recall(Pair, Now)!;
        (read.Predicted, read.Otherwise, read.Failed, read.Methods.Single()).ShouldBe((3, 1, 0, new MethodMemory("Learn", 1, 0, 420)));
    }

    [Fact]
    public void An_earlier_version_still_reads_its_counts()
    {
        new SharedPairMemories(_folder).Note(Pair, Learnt, Now);
        using var written = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, SharedPairMemories.FileName)));
        var entry = written.RootElement.EnumerateArray().Single();
        (entry.GetProperty("Pair").GetString(), entry.GetProperty("Predicted").GetInt32(), entry.GetProperty("Otherwise").GetInt32(), entry.GetProperty("Failed").GetInt32()).ShouldBe((Pair, 1, 0, 0));
        entry.GetProperty("LastAt").GetDateTimeOffset().ShouldBe(Now);
    }

    [Fact]
    public void A_method_of_a_later_version_is_kept_and_what_is_none_is_dropped()
    {
        Write("""
            [{"Pair":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","Predicted":1,"Otherwise":0,"Failed":0,"LastAt":"2026-11-26T11:00:00+00:00","Colour":"blue","Methods":[
              {"Method":"Teleport","Worked":1,"Failed":0,"Milliseconds":1,"By":"wire"}, null, {"Method":null,"Worked":1,"Failed":0,"Milliseconds":1},
              {"Method":"Learn","Worked":-1,"Failed":0,"Milliseconds":1}, {"Method":"Ladder","Worked":1,"Failed":0,"Milliseconds":1e999},
              {"Method":"a name that is far too long for any method","Worked":1,"Failed":0,"Milliseconds":1}]}]
            """);
        new SharedPairMemories(_folder).Note(Pair, Learnt, Now);
        new SharedPairMemories(_folder).Recall(Pair, Now)!.Methods.ShouldBe([new("Learn", 1, 0, 420), new("Teleport", 1, 0, 1)]);
    }

    [Fact]
    public void As_many_pairs_and_methods_as_are_kept_fit_into_the_file()
    {
        var memories = new SharedPairMemories(_folder);
        foreach (var number in Enumerable.Range(0, 256))
        {
            foreach (var method in Enum.GetValues<PredictionMethod>())
            {
                memories.Note($"{number:x32}", Learnt with { Method = method, After = TimeSpan.FromSeconds(987.6543) }, Now);
            }
        }

        var read = new SharedPairMemories(_folder);
        Enumerable.Range(0, 256).ShouldAllBe(number => read.Recall($"{number:x32}", Now)!.Methods.Count == 7);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_obstacle()
    {
        var memories = new SharedPairMemories("/proc/nowhere");
        memories.Note(Pair, Learnt, Now);
        memories.Recall(Pair, Now)!.Predicted.ShouldBe(1);
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder, SharedPairMemories.FileName), text);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
