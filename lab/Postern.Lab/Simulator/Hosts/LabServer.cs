using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Turn;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>The whole server side on one public computer: switchboard, relay and Binding server. It can fail and start again.</summary>
public sealed class LabServer
{
    /// <summary>Of Postern: one number for the switchboard (TCP) and the relay (UDP), the next one for the relay's second port.</summary>
    public const ushort UsualPort = 4780;

    /// <summary>That of HTTPS, which most networks let out.</summary>
    public const ushort HttpsPort = 443;

    private const string Secret = "a secret of the laboratory";

    private readonly PeerIdentity _identity;
    private readonly Dictionary<string, string> _storage = [];
    private readonly IReadOnlyList<IpPrefix> _allowed;
    private readonly ushort _port;

    /// <param name="network">Where it stands.</param>
    /// <param name="addresses">One or two of each family.</param>
    /// <param name="identity">Its own key.</param>
    /// <param name="port">Of switchboard and relay.</param>
    /// <param name="allowed">Prefixes that the relay reaches though they are not for the public.</param>
    public LabServer(Network network, IReadOnlyList<IpAddress> addresses, PeerIdentity identity, ushort port, params IReadOnlyList<IpPrefix> allowed)
    {
        Computer = new(network, addresses);
        (_identity, _port, _allowed) = (identity, port, allowed);
        Start();
    }

    public Computer Computer { get; }

    public RelayProgram Relay { get; private set; } = null!;

    public SwitchboardProgram Switchboard { get; private set; } = null!;

    /// <summary>Where peers dial, the first address of each family.</summary>
    public IReadOnlyList<Endpoint> Endpoints => [.. Computer.Addresses.DistinctBy(address => address.IsV4).Select(address => new Endpoint(address, _port))];

    /// <summary>STUN servers for NAT measurements: every address.</summary>
    public IReadOnlyList<Endpoint> StunServers => [.. Computer.Addresses.Select(address => new Endpoint(address, _port))];

    /// <summary>As SIGKILL does: connections and allocations are gone without a word.</summary>
    public void Kill() => Computer.PowerOff();

    /// <summary>Starts again; names and keys are as they were.</summary>
    public void Start()
    {
        var second = Computer.Addresses.Where(address => address.IsV4).Skip(1).Select(address => address.ToString()).FirstOrDefault();
        RelayEndpoint[] relays = [.. Endpoints.Select(endpoint => new RelayEndpoint(_port, endpoint.Address.ToString(), _port + 1, endpoint.IsV4 ? second : null, Stream: true))];
        var credentials = new LongTermOptions { Realm = "postern", Users = new TurnRestUsers(Secret), UnixSeconds = Seconds };
        Relay = new(Computer, _port, credentials, new PeerPolicy(allow: [.. _allowed]));
        Switchboard = new(Computer, Endpoints, new() { Relays = relays, FrameBurst = 10_000 }, _identity, _storage, Mint, Relay);
    }

    private static long Seconds(Instant now) => now.Ticks / TimeSpan.TicksPerSecond;

    private TurnGrant Mint(string session, string name)
    {
        var expires = Seconds(Computer.World.Now) + (long)TimeSpan.FromHours(12).TotalSeconds;
        var minted = TurnRestCredential.Mint(Secret, session, name, expires);
        return new(minted.Username, minted.Password, expires, []);
    }
}
