using Postern.Lab.Boxes;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Turn;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;
using Postern.Tests.Kit;

namespace Postern.Tests.Calls;

/// <summary>Alice calls Bob: two sites, a relay, and signalling with its own delay.</summary>
internal sealed class CallScene : IDisposable
{
    private const string Secret = "a secret of the laboratory";
    private readonly DtlsCertificate _aliceCertificate = DtlsCertificate.Create();
    private readonly DtlsCertificate _bobCertificate = DtlsCertificate.Create();
    private readonly PeerIdentity _aliceIdentity = PeerIdentity.Create();
    private readonly PeerIdentity _bobIdentity = PeerIdentity.Create();
    private readonly List<Gateway> _gateways = [];
    private readonly bool _overSdp;
    private readonly bool _relayOnly;
    private readonly int _hops;

    public CallScene(ulong seed, NatRules? aliceNat, NatRules? bobNat, double toCore = 10, double relayToCore = 10, double signalling = 40, bool overSdp = false, bool relayOnly = false, int hops = 1)
    {
        World = new(new SeededRandom(seed));
        (_overSdp, _relayOnly, _hops) = (overSdp, relayOnly, hops);
        SignallingDelay = TimeSpan.FromMilliseconds(signalling / 2);
        RelayHost = new Computer(Site("relay", relayToCore, new OpenBox()), RelayAddress);
        var credentials = new LongTermOptions { Realm = "postern", Users = new TurnRestUsers(Secret), UnixSeconds = now => now.Ticks / TimeSpan.TicksPerSecond };
        Relay = new(RelayHost, 3478, credentials, new PeerPolicy(allow: [IpPrefix.Parse("198.18.0.0/15")]));
        Relay.ListenForStreams(StreamsAt);
        Alice = Peer(CallRole.Caller, "alice", aliceNat, toCore, "198.18.1.1", "192.168.1.2");
        Bob = Peer(CallRole.Callee, "bob", bobNat, toCore, "198.18.2.1", "192.168.2.2");
        Connect(Alice, Bob);
        Connect(Bob, Alice);
    }

    public static readonly IpAddress RelayAddress = IpAddress.Parse("198.18.0.1");

    /// <summary>Where the relay is dialled over TCP.</summary>
    public static readonly Endpoint StreamsAt = new(RelayAddress, 443);

    /// <summary>Keeps the port and lets in only endpoints that were written to.</summary>
    public static readonly NatRules PortRestricted = new();

    /// <summary>A new random port for each destination.</summary>
    public static readonly NatRules Symmetric = new()
    {
        Mapping = NatDependence.AddressAndPortDependent,
        Ports = new() { Rule = PortRuleKind.Random },
    };

    public World World { get; }

    public RelayProgram Relay { get; }

    public Computer RelayHost { get; }

    /// <summary>Whether peers are told that the relay has streams.</summary>
    public bool OffersStreams { get; init; }

    /// <summary>Until when the first credentials let a peer allocate: seconds of the world's time.</summary>
    public long CredentialsExpire { get; init; } = 100_000;

    public UdpGate AliceGate { get; private set; } = null!;

    public UdpGate BobGate { get; private set; } = null!;

    public PeerCall Alice { get; }

    public PeerCall Bob { get; }

    public TimeSpan SignallingDelay { get; }

    /// <summary>What a switchboard in the wrong hands makes of a signal.</summary>
    public Func<SignalPayload, SignalPayload> Tamper { get; set; } = payload => payload;

    /// <summary>When Alice's offer left.</summary>
    public Instant OfferedAt => FirstSignal(Alice);

    /// <summary>When Bob's answer arrived at Alice.</summary>
    public Instant AnsweredAt => FirstSignal(Bob) + SignallingDelay;

    /// <summary>Bob has gathered before the offer leaves, as a peer that waits for calls may.</summary>
    public void Start(bool withRelay = true)
    {
        foreach (var peer in new[] { Bob, Alice })
        {
            peer.Do((call, now) =>
            {
                if (withRelay)
                {
                    call.UseRelay(Credential(peer.Options.LocalName, CredentialsExpire), now);
                }

                call.Start(now);
            });
        }
    }

    public bool RunUntilConnected(double seconds = 10) =>
        World.RunUntil(() => Alice.Machine.State == CallState.Connected && Bob.Machine.State == CallState.Connected, TimeSpan.FromSeconds(seconds));

    public bool RunUntilPath(PathKind kind, double seconds = 10) =>
        World.RunUntil(() => Alice.Machine.Report().Path == kind && Bob.Machine.Report().Path == kind, TimeSpan.FromSeconds(seconds));

    public RelayServer Credential(string name, long expires)
    {
        var minted = TurnRestCredential.Mint(Secret, "session", name, expires);
        return new(Relay.Listening[0], minted.Username, minted.Password) { OffersStream = OffersStreams };
    }

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _aliceCertificate.Dispose();
        _bobCertificate.Dispose();
        _aliceIdentity.Dispose();
        _bobIdentity.Dispose();
    }

    /// <summary>The share of datagrams that each home's link loses.</summary>
    public double Loss
    {
        set => _gateways.ForEach(gateway => (gateway.Up.Rules, gateway.Down.Rules) = (gateway.Up.Rules with { Loss = value / 2 }, gateway.Down.Rules with { Loss = value / 2 }));
    }

    private static Instant FirstSignal(PeerCall peer) => peer.Events.First(entry => entry.Event is CallEvent.SignalReady).At;

    private Network Site(string name, double toCore, IBox box)
    {
        var link = new LinkRules { Delay = TimeSpan.FromMilliseconds(toCore), Hops = _hops };
        var gateway = World.Internet.AddNetwork(name, box, link, link);
        gateway.Inner.Delay = TimeSpan.Zero; // so that what is asserted is the links' time alone
        _gateways.Add(gateway);
        return gateway.Inner;
    }

    private PeerCall Peer(CallRole role, string name, NatRules? nat, double toCore, string outer, string inner)
    {
        var isAlice = role == CallRole.Caller;
        var options = new CallOptions
        {
            Role = role,
            Session = "session",
            LocalName = name,
            RemoteName = isAlice ? "bob" : "alice",
            Certificate = isAlice ? _aliceCertificate : _bobCertificate,
            Identity = isAlice ? _aliceIdentity : _bobIdentity,
            RemoteKey = _overSdp ? null : () => isAlice ? _bobIdentity.PublicKey : _aliceIdentity.PublicKey,
            GatherFirst = _overSdp,
            RelayOnly = _relayOnly,
            StunServers = [Relay.Listening[0]],
            GatheringPatience = TimeSpan.FromSeconds(5), // what is asserted here begins with gathering done
        };
        var gate = new UdpGate(nat is null ? new OpenBox() : new NatBox(nat, [IpAddress.Parse(outer)], World.Random));
        (AliceGate, BobGate) = isAlice ? (gate, BobGate) : (AliceGate, gate);
        return new(new Computer(Site(name, toCore, gate), IpAddress.Parse(nat is null ? outer : inner)), options, _ => { }) { RelayStreamsAt = new(StreamsAt) };
    }

    private void Connect(PeerCall from, PeerCall to) =>
        from.Signal = payload =>
        {
            var carried = Tamper(_overSdp ? ThroughSdp(payload) : payload);
            World.At(SignallingDelay, () => to.Do((call, now) => call.HandleSignal(carried, now)));
        };

    /// <summary>What is left of a description for a peer that is no Postern.</summary>
    private static SignalPayload ThroughSdp(SignalPayload payload)
    {
        if (payload is not SignalPayload.Described { Description: var said })
        {
            return payload;
        }

        SdpText.TryParse(SdpText.Write(said), new(said.Kind, said.Session, said.From, said.To), out var heard).ShouldBe(SdpError.None);
        return new SignalPayload.Described(heard!);
    }
}
