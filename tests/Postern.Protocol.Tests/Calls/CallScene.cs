using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;

namespace Postern.Tests.Calls;

/// <summary>Alice calls Bob: two sites, a relay, and signalling with its own delay.</summary>
internal sealed class CallScene : IDisposable
{
    private const string Secret = "a secret of the laboratory";
    private readonly DtlsCertificate _aliceCertificate = DtlsCertificate.Create();
    private readonly DtlsCertificate _bobCertificate = DtlsCertificate.Create();
    private readonly PeerIdentity _aliceIdentity = PeerIdentity.Create();
    private readonly PeerIdentity _bobIdentity = PeerIdentity.Create();
    private readonly bool _overSdp;
    private readonly bool _relayOnly;

    public CallScene(ulong seed, NatBox? aliceNat, NatBox? bobNat, double toCore = 10, double relayToCore = 10, double signalling = 40, bool overSdp = false, bool relayOnly = false)
    {
        World = new(seed);
        (_overSdp, _relayOnly) = (overSdp, relayOnly);
        SignallingDelay = TimeSpan.FromMilliseconds(signalling / 2);
        var relaySite = World.AddSite(TimeSpan.FromMilliseconds(relayToCore));
        Relay = new(World, relaySite, "198.18.0.1", new() { Realm = "postern", Users = new TurnRestUsers(Secret), UnixSeconds = now => now.Ticks / TimeSpan.TicksPerSecond });
        Alice = Peer(CallRole.Caller, "alice", aliceNat, toCore, aliceNat is null ? "198.18.1.1:5001" : "192.168.1.2:5001");
        Bob = Peer(CallRole.Callee, "bob", bobNat, toCore, bobNat is null ? "198.18.2.1:5002" : "192.168.2.2:5002");
        Connect(Alice, Bob);
        Connect(Bob, Alice);
    }

    public World World { get; }

    public RelayNode Relay { get; }

    public PeerNode Alice { get; }

    public PeerNode Bob { get; }

    public TimeSpan SignallingDelay { get; }

    /// <summary>What a switchboard in the wrong hands makes of a signal.</summary>
    public Func<SignalPayload, SignalPayload> Tamper { get; set; } = payload => payload;

    /// <summary>When Alice's offer left.</summary>
    public Instant OfferedAt => Alice.First[typeof(CallEvent.SignalReady)];

    /// <summary>When Bob's answer arrived at Alice.</summary>
    public Instant AnsweredAt => Bob.First[typeof(CallEvent.SignalReady)] + SignallingDelay;

    /// <summary>Bob has gathered before the offer leaves, as a peer that waits for calls may.</summary>
    public void Start(bool withRelay = true)
    {
        Bob.Start(withRelay ? [Credential("bob")] : []);
        Alice.Start(withRelay ? [Credential("alice")] : []);
    }

    public bool RunUntilConnected(double seconds = 10) =>
        World.RunUntil(() => Alice.Call.State == CallState.Connected && Bob.Call.State == CallState.Connected, TimeSpan.FromSeconds(seconds));

    public bool RunUntilPath(PathKind kind, double seconds = 10) =>
        World.RunUntil(() => Alice.Call.Report().Path == kind && Bob.Call.Report().Path == kind, TimeSpan.FromSeconds(seconds));

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _aliceCertificate.Dispose();
        _bobCertificate.Dispose();
        _aliceIdentity.Dispose();
        _bobIdentity.Dispose();
    }

    private PeerNode Peer(CallRole role, string name, NatBox? nat, double toCore, string socket)
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
            StunServers = [Relay.Listening],
            GatheringPatience = TimeSpan.FromSeconds(5), // what is asserted here begins with gathering done
        };
        return new(World, World.AddSite(TimeSpan.FromMilliseconds(toCore), nat), options, Endpoint.Parse(socket));
    }

    private void Connect(PeerNode from, PeerNode to) =>
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

    private RelayServer Credential(string name)
    {
        var minted = TurnRestCredential.Mint(Secret, "session", name, 100_000);
        return new(Relay.Listening, minted.Username, minted.Password);
    }
}
