using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

public class TurnOutageTests
{
    private static Endpoint Peer => RelayTown.Peer;

    /// <summary>The allocation itself lives on: only what it says of its peers fell into the outage.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_permission_or_channel_whose_refresh_is_not_answered_is_asked_for_again(bool withChannel)
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Wait(100);
        pair.Client.Permit(Peer.Address, pair.Town.Now);
        if (withChannel)
        {
            pair.Client.BindChannel(Peer, pair.Town.Now);
        }

        pair.Pump();
        pair.Wait(230);
        pair.Network = _ => null;
        pair.Wait(60); // the refresh at 340 s is given up at 379.5 s; the allocation's own is due at 480 s
        pair.Network = datagram => datagram;
        pair.Wait(30);

        pair.Send([0, 1, 0, 0], Peer).ShouldBeTrue();
        pair.ToPeers.ShouldHaveSingleItem().Bytes.ShouldBe([0, 1, 0, 0]);
        pair.Sent[^1].Bytes[0].ShouldBe(withChannel ? (byte)0x40 : (byte)0);
        pair.FromPeer([201], Peer);
        pair.Received.ShouldHaveSingleItem().Peer.ShouldBe(Peer);
        pair.Events.OfType<TurnEvent.PermissionRefused>().ShouldBeEmpty();
        pair.Wait(3600);
        pair.Client.IsAllocated.ShouldBeTrue();
    }
}
