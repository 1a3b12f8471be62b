using System.Text.Json;
using Postern.Sessions.Calls;

namespace Postern.Lab.Grid.Real;

/// <summary>Ours: one calls and the other waits, as people do.</summary>
internal sealed class RealPostern : IRealPeer
{
    public const string PeerName = "postern";

    private const string Probes = "12";
    private const string Pause = "0.5"; // seconds: together as long as a direct path may take

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(90); // a call that finds no path ends by itself before

    public string Name => PeerName;

    /// <summary>It is this program; what it may need is a proxy.</summary>
    public void Require(IEnumerable<string> boxes) => RealProxy.Require(boxes);

    public GridPeer Describe() => new(Name, "Postern, for real", "Ours at both ends and on the server, in network namespaces; the time is from the call on, signalling included.");

    public GridMeeting Meet(RealNetwork network)
    {
        foreach (var host in new[] { RealNetwork.One, RealNetwork.Other })
        {
            using var login = network.Start(host, "login", $"{host}@{network.Server}:{RealNetwork.Port}");
            if (!login.Finish(LongPatience, network.Stop))
            {
                return GridMeeting.Failed(Name, login.Said);
            }
        }

        using var bob = network.Start(RealNetwork.Other, "chat");
        if (!bob.WaitFor("Waiting for somebody", Patience, network.Stop))
        {
            return GridMeeting.Failed(Name, bob.Said);
        }

        using var ping = network.Start(RealNetwork.One, "ping", RealNetwork.Other, "--count", Probes, "--interval", Pause);
        ping.Finish(LongPatience, network.Stop);
        using var why = network.Start(RealNetwork.One, "why", RealNetwork.Other, "--json");
        return why.Finish(LongPatience, network.Stop) && Report(why.Said) is { } report ? GridMeeting.Of(Name, report) : GridMeeting.Failed(Name, ping.Said);
    }

    private static ConnectReport? Report(string said) => said.Split('\n').LastOrDefault(line => line.StartsWith('{')) is { } line
        ? JsonSerializer.Deserialize(line, GridJson.Default.ConnectReport)
        : null;
}
