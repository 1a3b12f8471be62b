using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

/// <summary>Relaying and wrapping cost no allocation, whichever way and form.</summary>
public class TurnHotPathTests
{
    private const int Rounds = 10_000;

    [Fact]
    public void The_relay_forwards_without_allocating()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var bob = new RelayCaller(town, "30.0.0.2:4000", "bob", "secret of bob");
        var a = alice.Allocated();
        var b = bob.Allocated();
        alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        alice.Bind(0x4001, b).ShouldBe(0);
        bob.Bind(0x4000, a).ShouldBe(0);
        var other = Endpoint.Parse("40.0.0.2:1");
        alice.Permit("40.0.0.2").ShouldBe(0);

        FromClient(Channel(0x4000), alice, RelayTown.Peer, 100);
        FromClient(Indication(alice, other), alice, other, 100);
        FromClient(Channel(0x4001), alice, bob.Endpoint, 104);
        FromPeer(RelayTown.Peer, 104);
        FromPeer(other, 136);

        void FromClient(byte[] datagram, RelayCaller client, Endpoint target, int length) => Measure(datagram, (buffer, size) =>
        {
            town.Relay.RelayFromClient(buffer, size, client.Endpoint, RelayTown.Listening, town.Now, out var forward);
            return forward.Target == target ? forward.Payload.Length : -1;
        }, length);

        void FromPeer(Endpoint peer, int length) => Measure(new byte[100], (buffer, size) =>
        {
            town.Relay.RelayFromPeer(buffer, size, a, peer, town.Now, out var forward);
            return forward.Target == alice.Endpoint ? forward.Payload.Length : -1;
        }, length);
    }

    [Fact]
    public void The_client_wraps_and_unwraps_without_allocating()
    {
        var pair = new TurnPair(new()).Allocate();
        var other = Endpoint.Parse("40.0.0.2:1");
        pair.Client.Permit(other.Address, pair.Town.Now);
        pair.Client.BindChannel(RelayTown.Peer, pair.Town.Now);
        pair.Pump();
        var payload = new byte[100]; // like a check, so that no channel is bound
        var indication = pair.Town.Receive(payload, other, pair.Client.Relayed).ShouldHaveSingleItem().Bytes;
        var channel = pair.Town.Receive(payload, RelayTown.Peer, pair.Client.Relayed).ShouldHaveSingleItem().Bytes;
        var buffer = new byte[2048];
        Repeat(Rounds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(Rounds);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Repeat(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var done = pair.Client.TryWrap(payload, other, buffer, out _)
                    && pair.Client.TryWrap(payload, RelayTown.Peer, buffer, out _)
                    && pair.Client.TryUnwrap(indication, RelayTown.Listening, out _, out _)
                    && pair.Client.TryUnwrap(channel, RelayTown.Listening, out _, out _);
                if (!done)
                {
                    Assert.Fail("nothing was wrapped");
                }
            }
        }
    }

    [Fact]
    public void Unfit_data_is_dropped_without_allocating()
    {
        var town = new RelayTown();
        var buffer = new byte[2048];
        Channel(0x4000).CopyTo(buffer, Relay.Headroom);
        var stranger = Endpoint.Parse("30.0.0.1:4000");
        Repeat();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        town.Relay.Stats.Dropped.ShouldBe(2 * Rounds);

        void Repeat()
        {
            for (var i = 0; i < Rounds; i++)
            {
                town.Relay.RelayFromClient(buffer, 104, stranger, RelayTown.Listening, town.Now, out _);
            }
        }
    }

    private static void Measure(byte[] datagram, Func<byte[], int, int> forward, int expected)
    {
        var buffer = new byte[Relay.Headroom + datagram.Length + Relay.Tailroom];
        Repeat(Rounds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(Rounds);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Repeat(int count)
        {
            for (var i = 0; i < count; i++)
            {
                datagram.CopyTo(buffer, Relay.Headroom);
                if (forward(buffer, datagram.Length) != expected)
                {
                    Assert.Fail("forwarded to somebody else, or another length");
                }
            }
        }
    }

    private static byte[] Channel(ushort number)
    {
        var datagram = new byte[104];
        ChannelData.WriteHeader(datagram, number, 100);
        return datagram;
    }

    private static byte[] Indication(RelayCaller caller, Endpoint peer) => caller.Write(Protocol.Stun.StunMethod.Send, (ref Protocol.Stun.StunWriter writer) =>
    {
        writer.AddXorAddress(Protocol.Stun.StunAttributeType.XorPeerAddress, peer);
        writer.Add(Protocol.Stun.StunAttributeType.Data, new byte[100]);
    }, sign: false, @class: Protocol.Stun.StunClass.Indication);
}
