using Postern.Lab.Boxes;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>Two sides behind their boxes and the servers between them, without our own peers: where a published schedule is played.</summary>
internal sealed class ScheduleWorld
{
    private const int Servers = 4; // as many as any of the products asks (HyperDHT)

    private readonly PairOptions _options;

    /// <param name="options">What stands in it.</param>
    /// <param name="random">From one seed.</param>
    public ScheduleWorld(PairOptions options, IRandom random)
    {
        _options = options;
        World = new(random);
        var link = new LinkRules { Delay = options.ServerToMiddle, Hops = 1 };
        Server = new(World.Internet.AddNetwork("server", new OpenBox(), link, link).Inner, Servers);
        var homes = new HomeNetworks(World, options, name => name == "server" ? Server.Addresses : []);
        One = Build(homes, 1);
        Other = Build(homes, 2);
    }

    public World World { get; }

    public AskedServer Server { get; }

    /// <summary>The one that wants to reach the other.</summary>
    public Party One { get; }

    public Party Other { get; }

    /// <summary>When the two set out; null before.</summary>
    public Instant? Began { get; private set; }

    /// <summary>When a round trip was first complete; null before.</summary>
    public Instant? DirectAt { get; private set; }

    /// <summary>What the product does with this pair, as it calls it.</summary>
    public string Method { get; set; } = "none";

    /// <summary>Attempts begun, or rounds, as the product counts them.</summary>
    public int Attempts { get; set; }

    /// <summary>The two set out: what a product found out before somebody wanted to connect costs neither time nor packets.</summary>
    public void Begin()
    {
        Began = World.Now;
        One.Forget();
        Other.Forget();
    }

    /// <summary>An answer has come back: there is a direct path.</summary>
    public void Reach() => DirectAt ??= World.Now;

    public Party Facing(Party party) => party == One ? Other : One;

    /// <summary>Tells a side something, from the other one over the server.</summary>
    public void Signal(Party to, Action told) => Later(to, ToServer + ToServer, told);

    /// <summary>Tells the server something.</summary>
    public void TellServer(Action told) => World.At(ToServer, told);

    /// <summary>The server tells a side something, at once or later.</summary>
    public void TellFromServer(Party to, TimeSpan delay, Action told) => Later(to, delay + ToServer, told);

    /// <summary>A question to the server and its answer.</summary>
    public Pause AskServer => new(ToServer + ToServer);

    private TimeSpan ToServer => _options.ToMiddle + _options.ServerToMiddle;

    private Party Build(HomeNetworks homes, int number)
    {
        var (gateways, computer) = homes.Build(number, number == 1 ? _options.One : _options.Other);
        return new(Watchmen.Post(gateways), computer, Server);
    }

    private void Later(Party to, TimeSpan delay, Action told) => World.At(delay, () =>
    {
        told();
        to.Look();
    });
}
