using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Net.Tests.Counterparts;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>The grid's page in a real browser, and the pictures of it.</summary>
[Trait("part", "net")]
public sealed class GridPageTests : IDisposable
{
    private readonly Network _network = new();

    [Fact]
    public async Task Cells_are_there_and_a_click_tells_the_story_of_a_pair()
    {
        await using var page = await OpenAsync("");
        (await page.CountAsync("td.cell")).ShouldBe(9);
        (await page.AskAsync("[...document.querySelectorAll('td.cell')].map(cell => cell.textContent).join('')")).GetString().ShouldBe("PRPRRPPPP");
        (await page.TextAsync("#summary")).ShouldContain("6direct");
        (await page.TextAsync("#summary")).ShouldContain("9 of 9");
        (await page.CountAsync("#panel[hidden]")).ShouldBe(1);

        await page.AskAsync("document.querySelector('[data-pair=\"linux+random\"]').click()");
        (await page.CountAsync("#panel:not([hidden])")).ShouldBe(1);
        var story = await page.TextAsync("#panel");
        story.ShouldContain("Linux router (masquerade) calls Random over all ports");
        story.ShouldContain("The forecast came true.");
        story.ShouldContain("Their router takes a new random port for each destination");
        story.ShouldContain("not built");
        (await page.CountAsync("svg.ladder .rung")).ShouldBeInRange(30, 80);
        (await page.CountAsync("svg.ladder .rung .lost")).ShouldBeGreaterThan(2);
        (await page.TextAsync("svg.ladder .moment")).ShouldBe("both can talk");
        (await page.CountAsync("svg.ladder .upright")).ShouldBe(5);
        (await page.AskAsync("location.hash")).GetString().ShouldBe("#linux+random");
        (await page.TroublesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_can_be_done_with_keys()
    {
        await using var page = await OpenAsync("");
        await page.AskAsync("document.querySelector('td.cell').focus()");
        foreach (var key in new[] { "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft" })
        {
            await page.PressAsync(key);
        }

        (await page.AskAsync("document.activeElement.dataset.pair")).GetString().ShouldBe("full-cone+linux");
        (await page.TextAsync("#tip")).ShouldContain("Full cone calls Linux router");
        await page.PressAsync("Enter");
        (await page.TextAsync("#panel h1")).ShouldStartWith("Full cone calls Linux router");
        (await page.CountAsync("svg.ladder .moment")).ShouldBe(2);
        await page.PressAsync("Escape");
        (await page.CountAsync("#panel[hidden]")).ShouldBe(1);
        (await page.AskAsync("document.activeElement.dataset.pair")).GetString().ShouldBe("full-cone+linux");
        (await page.TroublesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Colours_follow_the_mode_the_theme_and_the_address()
    {
        await using var page = await OpenAsync("?mode=first&theme=dark#random+linux");
        (await page.TextAsync("#panel h1")).ShouldStartWith("Random over all ports calls Linux router");
        (await page.AskAsync("[...document.querySelectorAll('td.cell')].every(cell => /^[0-9]+$/.test(cell.textContent))")).GetBoolean().ShouldBeTrue();
        var dark = await BackgroundAsync(page);
        await page.AskAsync("document.getElementById('theme').click()");
        (await BackgroundAsync(page)).ShouldNotBe(dark);
        foreach (var mode in new[] { "direct", "packets", "endpoints", "alarms", "path" })
        {
            await page.AskAsync($"document.querySelector('input[value={mode}]').click()");
        }

        (await page.CountAsync("td.relayed")).ShouldBe(3);
        (await page.TroublesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_prints_the_table_on_one_sheet_and_the_packets_on_another()
    {
        await using var closed = await OpenAsync("");
        Sheets(await closed.PrintAsync()).ShouldBe(1);
        await using var open = await OpenAsync("#linux+random");
        Sheets(await open.PrintAsync()).ShouldBeInRange(3, 4);
    }

    [Fact]
    public void The_pictures_of_the_docs_are_drawn_by_a_script()
    {
        using var script = new Background(Path.Combine(CounterpartFiles.Root, "lab", "grid-picture"), [_network.Folder, "full-cone,firewall-1"]);
        var outcome = script.WaitForExit(240); // it may have to build
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        Size("lab-grid.png").ShouldBe((1280, 1610));
        Size("lab-grid-pair.png").ShouldBe((780, 1560));

        (int Width, int Height) Size(string name)
        {
            var png = File.ReadAllBytes(Path.Combine(_network.Folder, name));
            png.AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
            png.Length.ShouldBeInRange(20_000, 300_000); // a page without its table is a tenth of that
            return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        }
    }

    public void Dispose() => _network.Dispose();

    private async Task<GridBrowser> OpenAsync(string wishes)
    {
        var file = Path.Combine(_network.Folder, "grid.html");
        string[] boxes = ["linux", "random", "full-cone"];
        await File.WriteAllTextAsync(file, GridPage.Of(GridRun.Run(new() { Boxes = [.. boxes.Select(id => BoxCatalogue.All[id])] })));
        return await GridBrowser.OpenAsync(_network.Server, $"file://{file}{wishes}");
    }

    private static async Task<string> BackgroundAsync(GridBrowser page) => (await page.AskAsync("getComputedStyle(document.body).backgroundColor")).GetString()!;

    private static int Sheets(byte[] pdf) => Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b");
}
