using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Catalogue;

/// <summary>Postern over its relay alone needs what a web page of the same host needs, no more and no less.</summary>
public class RelayOnlyTests
{
    private const string Server = "203.0.113.7";

    [Theory]
    [InlineData("self", 4)]
    [InlineData("192.168.1.10", 2)]
    public void Its_hole_is_that_of_HTTPS_to_one_host(string client, int through)
    {
        var site = client == "self" ? Site.DefaultHost : Site.DefaultRouter;
        var (relay, web) = (Plan("postern-relay-only", client, site), Plan("https", client, site));
        HoleSize.Of(relay).Count.ShouldBe(HoleSize.Of(web).Count);
        HoleSize.Of(relay).Parts.ShouldBe(HoleSize.Of(web).Parts);
        HoleSize.Of(relay).Parts.Select(part => (part.Version, part.Protocol)).ShouldBe([(IpVersion.V4, IpProtocol.Tcp)]);
        var passed = 0;
        foreach (var packet in Packets(relay, client))
        {
            var verdict = Evaluator.Judge(relay, packet).LetsPass;
            verdict.ShouldBe(Evaluator.Judge(web, packet).LetsPass, packet.ToString());
            passed += verdict ? 1 : 0;
        }

        passed.ShouldBe(through); // from each port of the client's, and of this very computer from each address of its own
    }

    private static Policy Plan(string application, string client, Site site)
    {
        RoleBinding[] bindings = [.. new[] { $"client={client}", $"server={Server}" }.Select(text => RoleBinding.TryParse(text, out var binding) ? binding : throw new FormatException(text))];
        return Planner.Plan(new() { Applications = [ApplicationCatalogue.Embedded.Find(application)!], Bindings = bindings, Site = site, Versions = [IpVersion.V4] }).Policy;
    }

    /// <summary>From the client and a neighbour to the server and a stranger, and the ways back; every protocol with ports, telling ports.</summary>
    private static IEnumerable<Packet> Packets(Policy policy, string client)
    {
        var inside = client == "self" ? Zone.Self : policy.Zones.First(zone => zone.Name == "loc");
        var outside = policy.Zones.First(zone => zone.Name == "net");
        foreach (var (from, to) in new[] { (inside, outside), (outside, inside) })
        {
            foreach (var (source, destination) in new[] { ("192.168.1.10", Server), ("192.168.1.11", Server), ("192.168.1.10", "203.0.113.8"), (Server, "192.168.1.10") })
            {
                foreach (var protocol in new[] { IpProtocol.Tcp, IpProtocol.Udp })
                {
                    foreach (ushort port in new[] { 80, 443, 444, 3478, 4780, 50000 })
                    {
                        yield return new(from, to, protocol, IPAddress.Parse(source), 50000, IPAddress.Parse(destination), port);
                        yield return new(from, to, protocol, IPAddress.Parse(source), 443, IPAddress.Parse(destination), port);
                    }
                }
            }
        }
    }
}
