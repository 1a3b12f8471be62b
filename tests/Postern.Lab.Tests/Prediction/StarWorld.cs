using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Identity;

namespace Postern.Tests.Prediction;

/// <summary>One home that calls several others at once, all of them watched by every guard.</summary>
internal sealed class StarWorld : IDisposable
{
    private static readonly LinkRules Line = new() { Hops = 1, Loss = 0.01, Delay = TimeSpan.FromMilliseconds(10) };

    private readonly World _world;
    private readonly LabServer _server;
    private readonly PeerIdentity _identity = PeerIdentity.Create();
    private readonly List<PeerKeys> _keys = [];
    private readonly List<FirewallBox> _boxes = [];
    private readonly PeerProgram _caller;
    private readonly PeerProgram[] _callees;

    public StarWorld(string one, string other, int others, ushort serverPort, IRandom random)
    {
        _world = new(random);
        var line = Line with { Loss = 0 };
        _server = new(_world.Internet.AddNetwork("server", new OpenBox(), line, line).Inner, [IpAddress.Parse("203.0.113.2"), IpAddress.Parse("203.0.113.3")], _identity, serverPort,
            IpPrefix.Parse("203.0.113.0/24"), IpPrefix.Parse("198.51.100.0/24"));
        var pair = CellRun.Plan(new(one, other, default)).Pair;
        _caller = Home("caller", pair.One, 1, pair.Watch);
        _callees = [.. Enumerable.Range(2, others).Select(number => Home($"callee{number}", pair.Other, number, pair.Watch))];
    }

    /// <summary>Names of the guards that have alarmed.</summary>
    public IEnumerable<string> Alarms => _boxes.SelectMany(box => box.AlarmsByGuard).Where(guard => guard.Alarms > 0).Select(guard => guard.Guard);

    /// <summary>Calls all at the same moment; how many are connected in time.</summary>
    public int CallAll(TimeSpan time)
    {
        _world.RunUntil(() => _caller.IsReady && _callees.All(callee => callee.IsReady), TimeSpan.FromSeconds(30)).ShouldBeTrue();
        foreach (var callee in _callees)
        {
            _caller.Call(callee.Name);
        }

        _world.Run(time);
        return _caller.Calls.Count(call => call.ConnectedAt is not null);
    }

    public void Dispose()
    {
        _caller.Dispose();
        Array.ForEach(_callees, callee => callee.Dispose());
        _keys.ForEach(keys => keys.Dispose());
        _identity.Dispose();
    }

    private PeerProgram Home(string name, BoxDescription description, int number, IReadOnlyList<GuardRules> watch)
    {
        var box = BoxCatalogue.Build(description, [IpAddress.Parse($"198.51.100.{number}")], _world.Random, _ => [], watch);
        _boxes.Add((FirewallBox)box);
        var computer = new Computer(_world.Internet.AddNetwork(name, box, Line, Line).Inner, IpAddress.Parse($"192.168.{number}.10"));
        _keys.Add(new());
        return new(computer, new() { Name = name, Server = _server.Endpoints, StunServers = _server.StunServers, Keys = _keys[^1] });
    }
}
