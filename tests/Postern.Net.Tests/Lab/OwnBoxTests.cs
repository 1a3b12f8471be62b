using System.Text.RegularExpressions;
using Postern.Lab.Namespaces;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>Descriptions in files become routers as those of the catalogue do.</summary>
public sealed partial class OwnBoxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-boxes-").FullName;

    public OwnBoxTests() => LabRun.Require();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The box that docs/lab.md shows: by <c>--box</c>, and in a topology from its folder on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_box_of_the_page_counts_by_seven(bool isReady)
    {
        var box = Write("sevens.json", Example().Match(File.ReadAllText(Path.Combine(Path.GetDirectoryName(PosternProgram.Path)!, "docs/lab.md"))).Groups[1].Value);
        var topology = Write("net.json", """{ "networks": { "home": { "box": "sevens.json" } }, "hosts": { "server": { "addresses": 2 }, "alice": { "in": "home" } } }""");
        using var lab = isReady ? new LabRun("one-home", "--box", box) : new LabRun(topology);
        Routers(lab).ShouldBe(["home sevens TUN router"]);
        var ports = Ports(lab);
        ports[0].ShouldBeInRange(40000, 49999);
        ((ports[1] - ports[0] + 10_000) % 10_000).ShouldBe(7); // round the end of the range too
    }

    /// <summary>What the kernel can do it does, whoever describes it.</summary>
    [Fact]
    public void The_kernel_is_a_box_in_a_file_too()
    {
        using var lab = new LabRun("one-home", "--box", Write("kept.json", Described("kept", "\"natOf\": \"linux\"")), "--router", "kernel");
        Routers(lab).ShouldBe(["home kept kernel router"]);
        Ports(lab).ShouldBe([4444, 4444]);
    }

    [Fact]
    public void A_row_in_a_file_is_a_network_for_each_of_its_boxes()
    {
        using var lab = new LabRun("one-home", "--box", Write("two.json", Described("two", "\"row\": [\"linux\", \"step-2\"]")));
        Routers(lab).ShouldBe(["home-2 step-2 TUN router", "home linux kernel router"]);
        var ports = Ports(lab);
        ((ports[1] - ports[0] + 64_512) % 64_512).ShouldBe(2);
        lab.Run("alice", "ping", "-c", "1", "-W", "2", "server").ExitCode.ShouldBe(0);
    }

    /// <summary>A NAT in a public network has an address of that network, over which answers find it.</summary>
    [Fact]
    public void A_row_may_end_in_a_public_network()
    {
        using var lab = new LabRun("one-home", "--box", Write("open.json", Described("open", "\"row\": [\"linux\", \"public\"]")));
        Routers(lab).ShouldBe(["home-2 public kernel router", "home linux kernel router"]);
        Ports(lab, "198.51.100.254").ShouldBe([4444, 4444]);
    }

    private static string[] Routers(LabRun lab) =>
        [.. LabState.Load(lab.Name)!.Members.Where(member => member.Box is not null).Select(member => $"{member.Name} {member.Box} {member.Kind}")];

    /// <summary>The outer ports of one socket towards two ports of the server.</summary>
    private static int[] Ports(LabRun lab, string expected = "198.51.100.2")
    {
        using var alice = lab.Udp("alice", 4444);
        return [.. new[] { 5000, 5001 }.Select(port =>
        {
            using var server = lab.Udp("server", port);
            LabRun.Send(alice, "203.0.113.2", port, "out");
            var (address, outer, text) = LabRun.Receive(server);
            (address, text).ShouldBe((expected, "out"));
            LabRun.Send(server, address, outer, "back");
            LabRun.Receive(alice).Text.ShouldBe("back");
            return outer;
        })];
    }

    private static string Described(string id, string rules) => $$"""{ "id": "{{id}}", "title": "", "summary": "", "sources": { "*": "a test" }, {{rules}} }""";

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    [GeneratedRegex("As `sevens\\.json`:\n\n```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
