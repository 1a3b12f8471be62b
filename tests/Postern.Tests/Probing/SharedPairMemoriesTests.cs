using Postern.Drivers.Probing;

namespace Postern.Tests.Probing;

/// <summary>What worked between networks outlives the process, and a broken file costs nothing.</summary>
public sealed class SharedPairMemoriesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Pair = new('a', 32);

    private readonly string _folder = Directory.CreateTempSubdirectory("postern-pairs-").FullName;

    [Fact]
    public void Another_process_reads_what_one_has_noted()
    {
        new SharedPairMemories(_folder).Note(Pair, predicted: false, direct: false, Now);
        new SharedPairMemories(_folder).Note(Pair, predicted: false, direct: false, Now);
        var memories = new SharedPairMemories(_folder);
        memories.Recall(Pair, Now)!.Failed.ShouldBe(2);
        memories.Recall(Pair, Now + TimeSpan.FromDays(8)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("""[{"Pair":"short","Predicted":0,"Otherwise":0,"Failed":9,"LastAt":"2026-11-26T12:00:00+00:00"}]""")]
    [InlineData("""[{"Pair":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","Predicted":0,"Otherwise":0,"Failed":9,"LastAt":"2099-01-01T00:00:00+00:00"}]""")]
    public void What_is_no_memory_is_passed_over_and_written_anew(string text)
    {
        File.WriteAllText(Path.Combine(_folder, SharedPairMemories.FileName), text);
        var memories = new SharedPairMemories(_folder);
        memories.Recall(Pair, Now).ShouldBeNull();
        memories.Note(Pair, predicted: true, direct: true, Now);
        new SharedPairMemories(_folder).Recall(Pair, Now)!.Predicted.ShouldBe(1);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_obstacle()
    {
        var memories = new SharedPairMemories("/proc/nowhere");
        memories.Note(Pair, predicted: true, direct: true, Now);
        memories.Recall(Pair, Now)!.Predicted.ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
