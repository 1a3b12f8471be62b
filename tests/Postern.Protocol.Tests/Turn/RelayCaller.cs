using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>A client that says to the relay whatever a test wants, with or without credentials.</summary>
internal sealed class RelayCaller(RelayTown town, string endpoint, string username = "alice", string password = "secret of alice")
{
    private static readonly SeededRandom Random = new(77);

    public delegate void Fill(ref StunWriter writer);

    public Endpoint Endpoint { get; } = Endpoint.Parse(endpoint);

    public LongTermCredential Credential { get; private set; } = new(username, password);

    /// <summary>Where it sends; of a stream the relay's end.</summary>
    public Endpoint Listening { get; init; } = Endpoint.Parse(endpoint).IsV4 ? RelayTown.Listening : RelayTown.ListeningV6;

    /// <summary>Somebody else on the same socket.</summary>
    public void Become(string name, string secret) => Credential = new(name, secret);

    /// <summary>Sends a signed request, after a challenge where there was none, and gives back the one answer.</summary>
    public Datagram Ask(StunMethod method, Fill? fill = null, TransactionId? id = null)
    {
        if (!Credential.IsChallenged)
        {
            Learn(town.Receive(Write(StunMethod.Refresh, null, sign: false), Endpoint, Listening).ShouldHaveSingleItem());
        }

        return town.Receive(Write(method, fill, sign: true, id), Endpoint, Listening).ShouldHaveSingleItem();
    }

    public void Learn(Datagram challenge) => Credential.Learn(challenge.Parse(), signedUnder: 0).ShouldBe(ChallengeVerdict.Retry);

    public Datagram Allocate(Fill? fill = null) => Ask(StunMethod.Allocate, (ref StunWriter writer) =>
    {
        writer.AddUInt32(StunAttributeType.RequestedTransport, 17u << 24);
        fill?.Invoke(ref writer);
    });

    public Endpoint Allocated()
    {
        var answer = Allocate();
        answer.Code.ShouldBe(0);
        return answer.Xor(StunAttributeType.XorRelayedAddress);
    }

    public int Refresh(uint seconds) => Ask(StunMethod.Refresh, (ref StunWriter writer) => writer.AddUInt32(StunAttributeType.Lifetime, seconds)).Code;

    public int Permit(params string[] peers) => Ask(StunMethod.CreatePermission, (ref StunWriter writer) =>
    {
        foreach (var peer in peers)
        {
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, new(IpAddress.Parse(peer), 0));
        }
    }).Code;

    public int Bind(int channel, Endpoint peer) => Ask(StunMethod.ChannelBind, (ref StunWriter writer) =>
    {
        writer.AddUInt32(StunAttributeType.ChannelNumber, (uint)channel << 16);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
    }).Code;

    /// <summary>A Send indication; gives back what leaves the relay.</summary>
    public List<Datagram> Send(Endpoint peer, params byte[] payload) => Tell(StunMethod.Send, (ref StunWriter writer) =>
    {
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        writer.Add(StunAttributeType.Data, payload);
    });

    public List<Datagram> Tell(StunMethod method, Fill fill) =>
        town.Receive(Write(method, fill, sign: false, @class: StunClass.Indication), Endpoint, Listening);

    public List<Datagram> SendOn(ushort channel, params byte[] payload)
    {
        var datagram = new byte[ChannelData.HeaderSize + payload.Length];
        ChannelData.WriteHeader(datagram, channel, payload.Length);
        payload.CopyTo(datagram, ChannelData.HeaderSize);
        return town.Receive(datagram, Endpoint, Listening);
    }

    public byte[] Write(StunMethod method, Fill? fill, bool sign, TransactionId? id = null, StunClass @class = StunClass.Request)
    {
        var buffer = new byte[65536];
        var writer = new StunWriter(buffer, @class, method, id ?? TransactionId.Draw(Random));
        fill?.Invoke(ref writer);
        if (sign)
        {
            Credential.Sign(ref writer);
        }

        return buffer[..writer.Length];
    }
}
