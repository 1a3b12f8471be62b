using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Net.Tests.Counterparts;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Ice;

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
        (await page.AskAsync("[...document.querySelectorAll('#panel .odds')].filter(odds => odds.textContent === 'not built').length")).GetInt32().ShouldBe(2, "TCP and a mapped port; what was weighed and not tried is built");
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
    public async Task Other_programs_stand_beside_ours_in_cells_table_and_story()
    {
        await using var page = await OpenAsync("", new()
        {
            Peers = [new("netscape", "Netscape", "Netscape <b>4</b>, from memory."), new("postern", "Postern, for real", "Ours.")],
            Met =
            [
                ("linux", "random", new() { Peer = "netscape", Outcome = GridOutcome.Direct, Path = PathKind.Punched, FirstByte = 1234, Caller = "srflx 198.51.100.2 7 to prflx 198.51.100.3 8", Callee = "…" }),
                ("linux", "linux", new() { Peer = "netscape", Outcome = GridOutcome.None, Trouble = "Netscape found no path." }),
                ("full-cone", "linux", new() { Peer = "netscape", Outcome = GridOutcome.Direct, Path = PathKind.Punched, FirstByte = 99 }),
                ("linux", "random", new() { Peer = "postern", Outcome = GridOutcome.Direct, Path = PathKind.Punched }),
            ],
        });
        (await page.CountAsync("td.cell.otherwise")).ShouldBe(2);
        (await page.CountAsync("td.cell.met")).ShouldBe(1);
        (await page.CountAsync("td.cell.wrong")).ShouldBe(1); // ours for real and in the simulator
        (await page.TextAsync("#summary")).ShouldContain("1 of 3");
        var rows = (await page.AskAsync("[...document.querySelectorAll('#compare tr')].map(row => [...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()).join('|')).join('\\n')")).GetString()!.Split('\n');
        rows.Select(row => Regex.Replace(row, @"(?<=^[^|]*\|[^|]*\|[PR] )\d+ ms", "…")).ShouldBe(
        [
            "calls|answers|Postern, simulated|Netscape|Postern, for real",
            "Linux router (masquerade)|Linux router (masquerade)|P …|× no path less direct than ours|—",
            "Linux router (masquerade)|Random over all ports|R …|P 1.2 s more direct than ours|P direct, through punched holes more direct than ours",
            "Full cone|Linux router (masquerade)|P …|P 99 ms|—",
            "the same end as ours|||1 of 3|0 of 1",
        ]);
        await page.AskAsync("document.querySelector('#modes input[value=netscape]').click()");
        (await page.AskAsync("[...document.querySelectorAll('td.cell')].map(cell => cell.textContent || '.').join('')")).GetString().ShouldBe("×P....P..");

        await page.AskAsync("document.querySelector('#compare a').click()");
        var story = await page.TextAsync("#panel");
        story.ShouldContain("No path: Netscape found no path. That is less direct than ours in the simulator.");
        story.ShouldContain("Netscape <b>4</b>, from memory.");
        await page.AskAsync("document.querySelector('[data-pair=\"linux+random\"]').click()");
        (await page.TextAsync("#panel")).ShouldContain("That is more direct than ours in the simulator.The caller sends from srflx 198.51.100.2 7 to prflx 198.51.100.3 8, the callee from ….");
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
        var outcome = script.WaitForExit(500); // it may have to build, and twelve times two programs meet
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        Size("lab-grid.png").ShouldBe((1280, 1610));
        Size("lab-grid-pair.png").ShouldBe((780, 1560));
        Size("lab-grid-peers.png").ShouldBe((1120, 560));

        (int Width, int Height) Size(string name)
        {
            var png = File.ReadAllBytes(Path.Combine(_network.Folder, name));
            png.AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
            png.Length.ShouldBeInRange(20_000, 300_000); // a page without its table is a tenth of that
            return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        }
    }

    public void Dispose() => _network.Dispose();

    private async Task<GridBrowser> OpenAsync(string wishes, GridMeetings? meetings = null)
    {
        var file = Path.Combine(_network.Folder, "grid.html");
        string[] boxes = ["linux", "random", "full-cone"];
        var report = GridRun.Run(new() { Boxes = [.. boxes.Select(id => BoxCatalogue.All[id])] });
        await File.WriteAllTextAsync(file, GridPage.Of(meetings?.Into(report) ?? report));
        return await GridBrowser.OpenAsync(_network.Server, $"file://{file}{wishes}");
    }

    private static async Task<string> BackgroundAsync(GridBrowser page) => (await page.AskAsync("getComputedStyle(document.body).backgroundColor")).GetString()!;

    private static int Sheets(byte[] pdf) => Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b");
}
