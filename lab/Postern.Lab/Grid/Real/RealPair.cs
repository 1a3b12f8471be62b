using System.Text.Json;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Topologies;
using Postern.Sessions.Calls;

namespace Postern.Lab.Grid.Real;

/// <summary>One pair in a laboratory of its own: a server, two homes behind TUN routers, and the real program in each.</summary>
internal sealed class RealPair(string lab, string program, CancellationToken stop)
{
    public const string Peer = "postern";

    private const string Probes = "12";
    private const string Pause = "0.5"; // seconds: together as long as a direct path may take

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(90); // a call that finds no path ends by itself before

    // The laboratory's own addresses, which a relay does not reach unless it is told to.
    private static readonly string[] Reachable = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];

    private readonly string _homes = Directory.CreateTempSubdirectory("postern-grid-").FullName;

    /// <summary>Builds it, lets them meet, and removes it; what goes wrong is in the result.</summary>
    /// <param name="one">The caller's box, by its id.</param>
    /// <param name="other">The callee's.</param>
    public GridMeeting Run(string one, string other)
    {
        try
        {
            var server = LabNetworks.Up(lab, Topology(one, other), program).Members.First(member => member.Name == "server").Addresses;
            return Meet([.. server.Where(address => !address.Contains(':', StringComparison.Ordinal))]);
        }
        catch (LabException e)
        {
            return Failed(e.Message);
        }
        finally
        {
            LabNetworks.Down(lab);
            Directory.Delete(_homes, recursive: true);
        }
    }

    private GridMeeting Meet(string[] server)
    {
        Array.ForEach(["alice", "bob"], WithoutIpv6);
        using var up = Start("server", ["up", "--listen", .. server, .. Reachable.SelectMany(prefix => new[] { "--allow-peer", prefix })]);
        if (!up.WaitFor("Postern is up.", Patience, stop))
        {
            return Failed(up.Said);
        }

        foreach (var name in new[] { "alice", "bob" })
        {
            using var login = Start(name, "login", $"{name}@{server[0]}");
            if (!login.Finish(LongPatience, stop))
            {
                return Failed(login.Said);
            }
        }

        using var bob = Start("bob", "chat");
        if (!bob.WaitFor("Waiting for somebody", Patience, stop))
        {
            return Failed(bob.Said);
        }

        using var ping = Start("alice", "ping", "bob", "--count", Probes, "--interval", Pause);
        ping.Finish(LongPatience, stop);
        using var why = Start("alice", "why", "bob", "--json");
        return why.Finish(LongPatience, stop) && Report(why.Said) is { } report ? GridMeeting.Of(Peer, report) : Failed(ping.Said);
    }

    private static ConnectReport? Report(string said) => said.Split('\n').LastOrDefault(line => line.StartsWith('{')) is { } line
        ? JsonSerializer.Deserialize(line, GridJson.Default.ConnectReport)
        : null;

    private RealProgram Start(string host, params IEnumerable<string> arguments) => new(program, lab, host, _homes, arguments);

    // The simulated worlds of a grid have IPv4 only: over IPv6, nothing would stand between the two.
    private void WithoutIpv6(string host) =>
        Command.Run("ip", ["netns", "exec", LabNames.Namespace(lab, host), "sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1"]);

    private static Topology Topology(string one, string other)
    {
        var link = new TopologyLink { Delay = 10 }; // as in the simulated worlds
        var made = ReadyTopologies.Make("two-homes", [one, other], RouterKind.Tun);
        return made with { Networks = made.Networks.ToDictionary(network => network.Key, network => network.Value with { Up = link, Down = link }) };
    }

    private static GridMeeting Failed(string said) => new()
    {
        Peer = Peer,
        Outcome = GridOutcome.None,
        Trouble = said.Trim() is { Length: > 0 } words ? words.Split('\n')[^1].Trim() : "It said nothing.",
    };
}
