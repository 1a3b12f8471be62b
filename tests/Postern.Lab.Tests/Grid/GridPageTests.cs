using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;

namespace Postern.Tests.Grid;

public partial class GridPageTests
{
    private const string Hostile = "</script><script>alert(1)</script><!-- <script> & \u2028 ]]>";

    [Fact]
    public void A_title_cannot_end_the_data_or_begin_anything_else()
    {
        var box = BoxCatalogue.All["public"] with { Title = Hostile, Summary = Hostile };
        var page = GridPage.Of(GridRun.Run(new() { Boxes = [box] }));
        page.ShouldNotContain("alert(1)</script>");
        page.ShouldNotContain("<!--");
        Regex.Count(page, "</script", RegexOptions.IgnoreCase).ShouldBe(2);
        using var data = JsonDocument.Parse(Data().Match(page).Groups["json"].Value);
        data.RootElement.GetProperty("boxes")[0].GetProperty("title").GetString().ShouldBe(Hostile);
    }

    [Fact]
    public void The_page_names_no_other_file_and_no_other_host()
    {
        var page = GridPage.Of(GridRun.Run(new() { Boxes = [BoxCatalogue.All["public"]] }));
        page.ShouldContain("default-src 'none'");
        Regex.Matches(page, @"\b(?:https?|wss?|ftp)://[^\s""'<]*").Select(match => match.Value).ShouldBe(["http://www.w3.org/2000/svg"]); // a name, not a place
        Regex.Count(page, @"@import|\burl\(|\bsrc=|\bfetch\(|XMLHttpRequest|WebSocket\(").ShouldBe(0);
        page.ShouldNotContain("/*style*/");
        page.ShouldNotContain("/*script*/");
        page.ShouldNotContain("/*data*/");
    }

    [GeneratedRegex("""<script type="application/json" id="data">(?<json>.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex Data();
}
