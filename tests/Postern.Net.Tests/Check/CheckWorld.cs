using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>A client behind a home router, a Postern server that answers on two addresses, and what is planted between them.</summary>
public sealed class CheckWorld : IDisposable
{
    private readonly Network _network = new();
    private int _runs;

    public CheckWorld()
        : this(network => network.AddSite())
    {
    }

    internal CheckWorld(Func<Network, Site> plan)
    {
        Site = plan(_network);
        var up = _network.Server.StartPostern("up", "--listen", Server, _network.Server.SecondAddress);
        up.WaitFor("Postern is up.", 60);
    }

    public string Server => _network.Server.Address;

    public Site Site { get; }

    public Host Client => Site.Client;

    public Router Router => Site.Router;

    public string Folder => _network.Folder;

    public Network Network => _network;

    /// <summary>Loads a ruleset, and takes it away again with the answer's disposal.</summary>
    public static IDisposable Plant(Host host, string table, string rules)
    {
        host.ApplyRules($"table inet {table} {{\n{rules}\n}}");
        return new Planted(host, table);
    }

    /// <summary>As a user with this environment runs <c>postern check --json</c>.</summary>
    public CheckReport Check(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var home = PosternProgram.HomeIn(Path.Combine(Folder, $"home{++_runs}")).Concat(environment).ToDictionary();
        return new(Client.Run(PosternProgram.Path, ["check", "--json", .. arguments], home, seconds: 60));
    }

    public CheckReport Check(params string[] arguments) => Check(new Dictionary<string, string>(), arguments.Length > 0 ? arguments : ["--server", Server]);

    public void Dispose() => _network.Dispose();

    private sealed class Planted(Host host, string table) : IDisposable
    {
        public void Dispose() => host.Check("nft", "delete", "table", "inet", table);
    }
}
