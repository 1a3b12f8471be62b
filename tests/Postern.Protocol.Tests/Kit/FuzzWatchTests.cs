namespace Postern.Tests.Kit;

public class FuzzWatchTests
{
    [Fact]
    public void A_case_that_does_not_end_is_told_with_its_bytes()
    {
        var told = new ManualResetEventSlim();
        var bytes = "";
        using var watch = new FuzzWatch(TimeSpan.FromMilliseconds(20), hexadecimal =>
        {
            bytes = hexadecimal;
            told.Set();
        });
        watch.Begin([0xCA, 0xFE, 0x00], 2);
        told.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken).ShouldBeTrue();
        bytes.ShouldBe("CAFE");
    }

    [Fact]
    public void Cases_that_follow_each_other_are_left_alone()
    {
        var told = 0;
        using (var watch = new FuzzWatch(TimeSpan.FromMilliseconds(500), _ => told++))
        {
            for (var until = Environment.TickCount64 + 1200; Environment.TickCount64 < until; Thread.Sleep(1))
            {
                watch.Begin([1], 1);
            }
        }

        told.ShouldBe(0);
    }
}
