using System.Text.Json;
using Postern.Lab.Foreign;
using Postern.Net.Tests.Networks;
using Postern.Net.Tests.Sessions;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Server.Storage;
using Postern.Sessions.Calls;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Our relay as <c>postern up</c> runs it, in a namespace; credentials are minted with its secret, as its switchboard would.</summary>
internal sealed class OurRelay : IDisposable
{
    private const ushort Port = 4780;

    private readonly DirectoryInfo _folder;
    private readonly string _network;
    private readonly string _address;
    private readonly string _secret;
    private readonly Background _process;

    private OurRelay(string network, string address, string[] reachable)
    {
        _network = network;
        _address = address;
        _folder = Directory.CreateTempSubdirectory("postern-relay-");
        using (var store = NameStore.Open(_folder.FullName))
        {
            _secret = Convert.ToHexStringLower(store.Secrets.Turn);
        }

        string[] up = ["up", "--listen", $"{address}:{Port}", "--data", _folder.FullName, .. reachable.SelectMany(prefix => new[] { "--allow-peer", prefix })];
        _process = new("ip", ["netns", "exec", network, PosternHost.Binary, .. up]);
    }

    /// <summary>Where it listens, for TURN and STUN.</summary>
    public static int ListeningPort => Port;

    /// <summary>The secret that credentials are minted with.</summary>
    public string Secret => _secret;

    /// <summary>Starts it.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="reachable">Prefixes that it relays to though they are not for the public; a pair's where none is named.</param>
    public static OurRelay Start(string network, string address, params string[] reachable)
    {
        var relay = new OurRelay(network, address, reachable is [] ? ["10.77.0.0/16"] : reachable);
        try
        {
            relay._process.WaitFor("Postern is up.", 30);
            return relay;
        }
        catch
        {
            relay.Dispose();
            throw;
        }
    }

    /// <summary>For our peers.</summary>
    public RelayServer For(string name)
    {
        var minted = Mint(name);
        return new(new(IpAddress.Parse(_address), Port), minted.Username, minted.Password);
    }

    /// <summary>For foreign ones.</summary>
    public TurnCredentials CredentialsOf(string name)
    {
        var minted = Mint(name);
        return new(_address, Port, minted.Username, minted.Password);
    }

    /// <summary>How many packets of data it has forwarded.</summary>
    public async Task<long> ForwardedAsync()
    {
        var said = await ForeignProcess.RunAsync(_network, PosternHost.Binary, "status", "--json", "--server", $"{_address}:{Port}");
        return JsonDocument.Parse(said).RootElement.GetProperty("relay").GetProperty("dataPackets").GetInt64();
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private TurnRestCredential Mint(string name) =>
        TurnRestCredential.Mint(_secret, "session", name, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);
}
