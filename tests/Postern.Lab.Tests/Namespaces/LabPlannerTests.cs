using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Topologies;
using Postern.Lab.Boxes.Descriptions;

namespace Postern.Tests.Namespaces;

public class LabPlannerTests
{
    [Fact]
    public void Two_homes_have_the_addresses_that_the_page_says()
    {
        var plan = LabPlanner.Make("x", ReadyTopologies.Make("two-homes", ["linux", "firewall-1"], RouterKind.Auto));
        plan.Hosts.Select(host => $"{host.Name} {string.Join(' ', host.Addresses)} {host.Address6}").ShouldBe(
            ["server 203.0.113.2 203.0.113.3 2001:db8::2", "alice 192.168.1.10 2001:db8:1::a", "bob 192.168.2.10 2001:db8:2::a"]);
        plan.Networks.Select(network => (network.Name, network.Box.Id, network.IsTun, $"{network.Outer[0]}")).ShouldBe(
            [("home-a", "linux", false, "198.51.100.2"), ("home-b", "firewall-1", true, "198.51.100.3")]);
    }

    [Fact]
    public void Where_a_box_names_a_proxy_there_is_a_host_for_it_as_in_the_simulator()
    {
        var plan = LabPlanner.Make("x", ReadyTopologies.Make("home-and-public", ["socks-only"], RouterKind.Auto));
        plan.Hosts.Select(host => $"{host.Name} {host.Addresses[0]}").ShouldBe(["server 203.0.113.2", "alice 192.168.1.10", "bob 203.0.113.4", "proxy 203.0.113.5"]);
        LabPlanner.Make("x", ReadyTopologies.Make("two-homes", ["linux", "http-proxy-only"], RouterKind.Auto)).Hosts[^1].Addresses[0].ShouldBe(Postern.Protocol.Net.IpAddress.Parse("203.0.113.4"));
    }

    [Fact]
    public void A_row_of_boxes_becomes_networks_one_in_another()
    {
        var plan = LabPlanner.Make("x", ReadyTopologies.Make("one-home", ["carrier-over-home"], RouterKind.Auto));
        plan.Networks.Select(network => (network.Name, network.Box.Id, Outside: network.Parent?.Name, $"{network.Inner}", $"{network.Outer[0]}")).ShouldBe(
            [("home-2", "block-1024", null, "100.64.1.0/24", "198.51.100.2"), ("home", "linux", "home-2", "192.168.2.0/24", "100.64.1.100")]);
    }

    [Fact]
    public void A_public_network_has_public_addresses()
    {
        var plan = LabPlanner.Make("x", ReadyTopologies.Make("one-home", ["public"], RouterKind.Auto));
        $"{plan.Networks[0].Inner}".ShouldBe("198.51.100.240/28");
        $"{plan.Hosts[1].Addresses[0]}".ShouldBe("198.51.100.242");
    }

    [Fact]
    public void Boxes_are_given_in_the_order_of_the_networks_and_one_too_many_is_said()
    {
        var plan = LabPlanner.Make("x", ReadyTopologies.Make("one-carrier", ["linux", "firewall-1", "block-512"], RouterKind.Auto));
        plan.Networks.Select(network => $"{network.Name} {network.Box.Id}").ShouldBe(["home-a linux", "home-b firewall-1", "carrier block-512"], ignoreOrder: true);
        Should.Throw<LabException>(() => ReadyTopologies.Make("one-home", ["linux", "random"], RouterKind.Auto)).Message
            .ShouldBe("There are 2 boxes for the 1 network of 'one-home' (server; home with alice and anna).");
    }

    [Theory]
    [MemberData(nameof(EveryBox))]
    public void Every_box_of_the_catalogue_finds_its_place(string box)
    {
        foreach (var ready in ReadyTopologies.All.Keys.Where(name => name != "one-carrier"))
        {
            var plan = LabPlanner.Make("x", ReadyTopologies.Make(ready, [box], RouterKind.Auto));
            plan.Networks.SelectMany(network => network.Outer).Distinct().Count().ShouldBe(plan.Networks.Sum(network => network.Outer.Count));
            plan.Networks.ShouldAllBe(network => network.Outer.Count >= BoxCatalogue.OuterAddresses(network.Box));
        }
    }

    public static TheoryData<string> EveryBox() => [.. BoxCatalogue.All.Keys];

    [Theory]
    [InlineData("{", "The topology cannot be read: line 1")]
    [InlineData("{}", "There is no host in it.")]
    [InlineData("""{ "hosts": { "a": { "in": "b" } } }""", "The host 'a' is in 'b', which is no network.")]
    [InlineData("""{ "hosts": { "A b": {} } }""", "'A b' is no name: lower case, digits and hyphens, at most 24.")]
    [InlineData("""{ "hosts": { "internet": {} } }""", "The name 'internet' is there twice.")]
    [InlineData("""{ "hosts": { "a": {} }, "networks": { "n": { "in": "m" }, "m": { "in": "n" } } }""", "The network 'n' lies inside itself.")]
    [InlineData("""{ "hosts": { "a": {} }, "networks": { "n": { "up": { "loss": 2 } } } }""", "The network 'n', up: shares are 0 to 1.")]
    [InlineData("""{ "hosts": { "a": { "speed": 1 } } }""", "The topology cannot be read: line 1: 'hosts.a.speed' is no word of this description; catalogue/lab-topology.schema.json has those that are.")]
    public void What_is_wrong_with_a_topology_is_said(string json, string sentence) =>
        Should.Throw<LabException>(() => TopologyJson.Read(json)).Message.ShouldStartWith(sentence);

    [Fact]
    public void An_unknown_box_and_an_unable_kernel_are_said()
    {
        Should.Throw<LabException>(() => LabPlanner.Make("x", ReadyTopologies.Make("two-homes", ["lynux"], RouterKind.Auto))).Message.ShouldStartWith("No box is called 'lynux', and there is no such file; the boxes are address-restricted, ");
        Should.Throw<LabException>(() => LabPlanner.Make("x", ReadyTopologies.Make("two-homes", ["firewall-1"], RouterKind.Kernel))).Message
            .ShouldStartWith("The kernel cannot be the router of 'home-a' (firewall-1):");
    }

    [Fact]
    public void Boxes_in_files_stand_where_boxes_of_the_catalogue_do()
    {
        using var files = new OwnBoxes();
        var plan = LabPlanner.Make("x", ReadyTopologies.Make("two-homes", [files.Sevens, files.Proxied], RouterKind.Auto));
        plan.Networks.Select(network => (network.Name, network.Box.Id, network.IsTun)).ShouldBe([("home-a", "sevens", true), ("home-b", "proxied", false)]);
        plan.Networks[0].Box.Nat!.Ports.Step.ShouldBe(7);
        plan.Hosts[^1].Name.ShouldBe("proxy"); // since a box in a file may name it as well

        LabPlanner.Make("x", ReadyTopologies.Make("one-home", [files.Row], RouterKind.Auto)).Networks
            .Select(network => (network.Name, network.Box.Id)).ShouldBe([("home-3", "block-1024"), ("home-2", "linux"), ("home", "firewall-1")]);
    }

    [Theory]
    [InlineData(12, 1, "198.51.100.254", null)]
    [InlineData(13, 1, "", "So many hosts do not fit into the public network 'hall'.")]
    [InlineData(1, 13, "", "So many hosts do not fit into the public network 'hall'.")]
    [InlineData(0, 14, "", "So many boxes do not fit into the public network 'hall'.")]
    public void Boxes_and_hosts_in_a_public_network_share_its_addresses(int hosts, int homes, string last, string? fault)
    {
        var topology = new Topology
        {
            Networks = Enumerable.Range(0, homes).Select(home => ($"home-{home}", new TopologyNetwork { In = "hall" }))
                .Prepend(("hall", new TopologyNetwork { Box = System.Text.Json.JsonSerializer.SerializeToElement("public") })).ToDictionary(),
            Hosts = Enumerable.Range(0, hosts).Select(host => ($"host-{host}", new TopologyHost { In = "hall" })).ToDictionary(),
        };
        if (fault is not null)
        {
            Should.Throw<LabException>(() => LabPlanner.Make("x", topology)).Message.ShouldBe(fault);
            return;
        }

        var plan = LabPlanner.Make("x", topology);
        var hall = plan.Networks.Single(network => network.IsOpen);
        var used = plan.Networks.Where(network => network.Parent == hall).SelectMany(network => network.Outer).Concat(plan.Hosts.SelectMany(host => host.Addresses)).ToArray();
        used.ShouldBeUnique();
        used.ShouldAllBe(address => hall.Inner.Contains(address));
        $"{plan.Networks[^1].Outer[0]}".ShouldBe(last);
    }

    [Fact]
    public void A_topology_finds_its_boxes_beside_its_own_file()
    {
        const string Json = """{ "networks": { "carrier": { "box": "sevens.json" }, "home": { "in": "carrier", "box": "linux" } }, "hosts": { "a": { "in": "home" } } }""";
        using var files = new OwnBoxes();
        LabPlanner.Make("x", TopologyJson.Read(Json, files.Folder)).Networks
            .Select(network => (network.Name, network.Box.Id, network.IsTun)).ShouldBe([("carrier", "sevens", true), ("home", "linux", false)]);
        Should.Throw<LabException>(() => TopologyJson.Read(Json, "/")).Message
            .ShouldStartWith("The box of the network 'carrier': No box is called 'sevens.json', and there is no such file; the boxes are ");
        Should.Throw<LabException>(() => TopologyJson.Read(Json)).Message.ShouldStartWith("The box of the network 'carrier': No box is called 'sevens.json'; the boxes are ");
    }

    /// <summary>What the kernel can be stands here, so that a change is seen.</summary>
    [Fact]
    public void The_kernel_can_be_these_boxes_and_no_others() =>
        BoxCatalogue.All.Values.Where(box => box.Row.Count == 0 && NftablesRendering.Beyond(box) is null).Select(box => box.Id).Order(StringComparer.Ordinal).ShouldBe(
            ["http-proxy-only", "linux", "linux-accepting-input", "linux-random", "named-hosts-only", "public", "socks-only", "udp-blocked", "web-only"]);

    [Fact]
    public void A_box_is_rendered_as_nftables_reads_it()
    {
        var rules = NftablesRendering.Render(BoxCatalogue.All["web-only"], LabPlan.Core, _ => []);
        rules.ShouldContain("iifname \"lan\" meta l4proto tcp th dport { 80, 443 } accept");
        rules.ShouldContain("iifname \"lan\" meta l4proto tcp reject with tcp reset");
        NftablesRendering.Render(BoxCatalogue.All["linux-random"], LabPlan.Core, _ => []).ShouldContain("snat to 203.0.113.1:1024-65535 fully-random");
        NftablesRendering.Sysctls(BoxCatalogue.All["linux"]).ShouldContain("net.netfilter.nf_conntrack_udp_timeout=30");
    }
}
