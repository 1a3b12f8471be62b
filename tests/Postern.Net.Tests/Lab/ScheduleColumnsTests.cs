using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Schedules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>Other products' schedules on the grid's page, in a real browser.</summary>
[Trait("part", "net")]
public sealed class ScheduleColumnsTests : IDisposable
{
    private readonly Network _network = new();

    [Fact]
    public async Task A_pair_tells_what_others_would_have_done_and_cells_can_show_it()
    {
        var file = Path.Combine(_network.Folder, "grid.html");
        string[] boxes = ["linux", "random"];
        await File.WriteAllTextAsync(file, GridPage.Of(GridRun.Run(new() { Boxes = [.. boxes.Select(id => BoxCatalogue.All[id])], Products = PublishedSchedules.Products })));
        await using var page = await GridBrowser.OpenAsync(_network.Server, $"file://{file}#linux+random");
        var story = await page.TextAsync("#panel");
        story.ShouldContain("What other products would do here");
        story.ShouldContain("frpmode 2100 %");
        story.ShouldContain("EasyTierhard to cone100 %");
        story.ShouldContain("HyperDHTrandom100 %");
        story.ShouldContain("palo-alto (callee)");
        await page.AskAsync("document.querySelector('#modes input[value=frp]').click()");
        (await page.AskAsync("[...document.querySelectorAll('td.cell')].map(cell => cell.textContent).join(' ')")).GetString().ShouldBe("100 100 100 0");
        (await page.TextAsync("#legend")).ShouldContain("frp’s schedule");
        (await page.TroublesAsync()).ShouldBeEmpty();
    }

    public void Dispose() => _network.Dispose();
}
