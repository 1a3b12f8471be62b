using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

public class SctpHandshakeTests
{
    [Fact]
    public void Four_packets_set_it_up_and_data_rides_with_the_third()
    {
        var pair = new SctpPair();
        var (forth, back) = Listen(pair);
        pair.A.Send(0, 53, "early"u8, default, pair.Now);
        pair.A.Connect(pair.Now);
        pair.RunUntil(() => pair.MessagesAtB.Any());
        pair.Now.ShouldBe(Instant.FromMilliseconds(1030)); // INIT, INIT ACK, COOKIE ECHO: three times 10 ms
        pair.RunFor(100);
        forth.ShouldBe(["Init", "CookieEcho+Data"]);
        back.ShouldBe(["InitAck", "CookieAck+Sack"]);
        pair.EventsOfA.ShouldHaveSingleItem().ShouldBeOfType<SctpEvent.Established>();
        pair.EventsOfB[0].ShouldBeOfType<SctpEvent.Established>();
    }

    [Fact]
    public void SNAP_costs_no_packet_and_no_round_trip()
    {
        var pair = new SctpPair();
        var (forth, _) = Listen(pair);
        pair.Started();
        pair.EventsOfA.ShouldHaveSingleItem().ShouldBeOfType<SctpEvent.Established>();
        forth.ShouldBeEmpty();
        pair.A.Send(0, 53, "first"u8, default, pair.Now);
        pair.RunUntil(() => pair.MessagesAtB.Any());
        pair.Now.ShouldBe(Instant.FromMilliseconds(1010));
        forth.ShouldBe(["Data"]);
    }

    [Fact]
    public void SNAP_refuses_what_is_no_INIT()
    {
        var association = new SctpAssociation(new(), new SeededRandom(1));
        var good = new SctpAssociation(new(), new SeededRandom(2)).LocalInit;
        association.StartFromSignalling([], Instant.Zero).ShouldBeFalse();
        association.StartFromSignalling(good.AsSpan(0, 12), Instant.Zero).ShouldBeFalse();
        association.StartFromSignalling(Changed(good, 0, 2), Instant.Zero).ShouldBeFalse();            // an INIT ACK
        var zeroTag = good.ToArray();
        zeroTag.AsSpan(4, 4).Clear();
        association.StartFromSignalling(zeroTag, Instant.Zero).ShouldBeFalse();
        association.StartFromSignalling(good, Instant.Zero).ShouldBeTrue();
        association.StartFromSignalling(good, Instant.Zero).ShouldBeFalse();                           // too late
    }

    [Fact]
    public void Both_may_send_INIT_at_once()
    {
        var pair = new SctpPair();
        pair.A.Connect(pair.Now);
        pair.B.Connect(pair.Now);
        pair.A.Send(0, 53, "a"u8, default, pair.Now);
        pair.B.Send(0, 53, "b"u8, default, pair.Now);
        pair.RunFor(1000);
        pair.EventsOfA.OfType<SctpEvent.Established>().Count().ShouldBe(1);
        pair.EventsOfB.OfType<SctpEvent.Established>().Count().ShouldBe(1);
        pair.MessagesAtB.Single().ShouldBe("a"u8.ToArray());
        pair.EventsOfA.OfType<SctpEvent.MessageReceived>().Single().Payload.ToArray().ShouldBe("b"u8.ToArray());
        pair.A.BufferedAmount.ShouldBe(0);
    }

    [Theory]
    [InlineData("Init")]
    [InlineData("InitAck")]
    [InlineData("CookieEcho+Data")]
    [InlineData("CookieAck+Sack")]
    public void Any_packet_of_the_handshake_may_be_lost(string lost)
    {
        var pair = new SctpPair();
        var left = 1;
        pair.ForBoth(link => link.Drops = packet => PacketText.Of(packet) == lost && left-- > 0);
        pair.A.Send(0, 53, "early"u8, default, pair.Now);
        pair.A.Connect(pair.Now);
        pair.RunUntil(() => pair.MessagesAtB.Any() && pair.A.BufferedAmount == 0, 2);
        pair.MessagesAtB.Count().ShouldBe(1);
        left.ShouldBeLessThan(1);
        pair.A.IsEstablished.ShouldBeTrue();
    }

    [Fact]
    public void Simultaneous_INIT_under_loss_always_ends_with_both_established()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var pair = new SctpPair(seed);
            pair.ForBoth(link => { link.Loss = 0.3; link.Jitter = TimeSpan.FromMilliseconds(30); link.Duplication = 0.2; });
            pair.A.Connect(pair.Now);
            pair.RunFor((double)(seed % 40));
            pair.B.Connect(pair.Now);
            pair.A.Send(0, 53, [1], default, pair.Now);
            pair.B.Send(0, 53, [2], default, pair.Now);
            pair.RunUntil(() => pair.A.BufferedAmount == 0 && pair.B.BufferedAmount == 0 && pair.A.IsEstablished && pair.B.IsEstablished);
            pair.MessagesAtB.Count().ShouldBe(1);
            pair.EventsOfA.OfType<SctpEvent.MessageReceived>().Count().ShouldBe(1);
        }
    }

    [Fact]
    public void Without_an_answer_it_is_given_up()
    {
        var pair = new SctpPair();
        pair.AToB.Loss = 1;
        pair.A.Connect(pair.Now);
        pair.RunUntil(() => pair.A.IsClosed);
        pair.AToB.Sent.ShouldBe(9); // the first and Max.Init.Retransmits
        pair.EventsOfA.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.HandshakeTimedOut, SctpCause.None));
    }

    [Fact]
    public void An_answerer_of_INIT_remembers_nothing_and_takes_no_forged_cookie()
    {
        var end = new SctpEnd(start: false);
        var init = new PeerParameters(SctpEnd.PeerTag, 100_000, 10, 10, SctpEnd.PeerTsn, true, true);
        end.Hand((ref PacketWriter writer) => WriteInit(ref writer, init), tag: 0).ShouldBeTrue();
        end.Association.NextDeadline.ShouldBe(Instant.Never);
        var answer = end.DrainChunk(SctpChunkType.InitAck);
        InitChunk.TryRead(new(answer), out var ack).ShouldBe(SctpCause.None);
        ack.Peer.Tag.ShouldBe(end.Tag);
        var cookie = ack.Cookie.ToArray();

        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.CookieEcho, 0, Changed(cookie, 20, 9)));
        end.Events.ShouldBeEmpty();
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.CookieEcho, 0, cookie));
        end.Events.ShouldHaveSingleItem().ShouldBeOfType<SctpEvent.Established>();
        end.DrainText().ShouldBe(["CookieAck"]);
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.CookieEcho, 0, cookie)); // its COOKIE ACK was lost
        end.DrainText().ShouldBe(["CookieAck"]);
        end.Events.Count.ShouldBe(1);
    }

    [Fact]
    public void A_cookie_older_than_a_minute_is_answered_with_an_error_and_fetched_anew()
    {
        var end = new SctpEnd(start: false);
        var init = new PeerParameters(SctpEnd.PeerTag, 100_000, 10, 10, SctpEnd.PeerTsn, true, true);
        end.Hand((ref PacketWriter writer) => WriteInit(ref writer, init), tag: 0);
        InitChunk.TryRead(new(end.DrainChunk(SctpChunkType.InitAck)), out var ack);
        var cookie = ack.Cookie.ToArray();
        end.Now += TimeSpan.FromSeconds(61);
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.CookieEcho, 0, cookie));
        end.Events.ShouldBeEmpty();
        ErrorCause.First(new(end.DrainChunk(SctpChunkType.Error))).ShouldBe(SctpCause.StaleCookie);

        var other = new SctpEnd(start: false);
        other.Association.Connect(other.Now);
        other.DrainText().ShouldBe(["Init"]);
        var withCookie = new byte[256];
        var length = InitChunk.Write(withCookie, SctpChunkType.InitAck, init, [1, 2, 3, 4], default);
        other.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.InitAck, 0, withCookie.AsSpan(4, length - 6)));
        other.DrainText().ShouldBe(["CookieEcho"]);
        other.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Error, 0, [0, 3, 0, 8, 0, 0, 0, 0]));
        other.DrainText().ShouldBe(["Init"]);
    }

    [Fact]
    public void A_peer_whose_INIT_and_INIT_ACK_differ_in_their_window_loses_no_data()
    {
        var end = new SctpEnd(start: false);
        var init = new PeerParameters(SctpEnd.PeerTag, 100_000, 10, 10, SctpEnd.PeerTsn, true, true);
        end.Association.Connect(end.Now);
        end.Association.Send(0, 53, [1], default, end.Now);
        end.DrainText().ShouldBe(["Init"]);
        end.Hand((ref PacketWriter writer) => WriteInit(ref writer, init), tag: 0);
        InitChunk.TryRead(new(end.DrainChunk(SctpChunkType.InitAck)), out var ours).ShouldBe(SctpCause.None);
        var cookie = ours.Cookie.ToArray();
        var answer = new byte[256];
        var length = InitChunk.Write(answer, SctpChunkType.InitAck, init with { Window = 50_000 }, [1, 2, 3, 4], default);
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.InitAck, 0, answer.AsSpan(4, length - 6)));
        end.DrainText().ShouldBe(["CookieEcho+Data"]);
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.CookieEcho, 0, cookie));
        end.DrainText().ShouldBe(["CookieAck"]);
        end.HandSack(end.Tsn);
        end.Association.BufferedAmount.ShouldBe(0);
    }

    [Fact]
    public void Unknown_parameters_are_reported_or_skipped_as_their_type_says()
    {
        var end = new SctpEnd(start: false);
        var init = new PeerParameters(SctpEnd.PeerTag, 100_000, 10, 10, SctpEnd.PeerTsn, true, true);
        byte[] unknown = [0xC1, 0x23, 0, 5, 7, 0, 0, 0, 0x81, 0x23, 0, 4, 0x41, 0x23, 0, 4, 0xC1, 0x24, 0, 4];
        end.Hand((ref PacketWriter writer) => WriteInit(ref writer, init, unknown), tag: 0);
        InitChunk.TryRead(new(end.DrainChunk(SctpChunkType.InitAck)), out var ack).ShouldBe(SctpCause.None);
        var reported = new List<string>();
        foreach (var parameter in ack.Parameters)
        {
            if (parameter.Type == SctpParameterType.UnrecognizedParameter)
            {
                reported.Add(Convert.ToHexString(parameter.Value));
            }
        }

        reported.ShouldBe(["C123000507", "41230004"]); // 0x4123 stops the reading, so 0xC124 is not seen
    }

    [Fact]
    public void A_bad_INIT_is_answered_with_ABORT()
    {
        var end = new SctpEnd(start: false);
        var init = new PeerParameters(SctpEnd.PeerTag, 100_000, 0, 10, SctpEnd.PeerTsn, true, true);
        end.Hand((ref PacketWriter writer) => WriteInit(ref writer, init), tag: 0);
        ErrorCause.First(new(end.DrainChunk(SctpChunkType.Abort))).ShouldBe(SctpCause.InvalidMandatoryParameter);
        end.Association.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public void Packets_with_a_wrong_tag_port_or_checksum_are_not_ours()
    {
        var end = new SctpEnd();
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Heartbeat, 0, [0, 1, 0, 4]), tag: end.Tag + 1).ShouldBeFalse();
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Init, 0, new byte[16])).ShouldBeFalse(); // INIT has tag 0
        var buffer = new byte[64];
        var wrongPort = new PacketWriter(buffer, 5000, 5001, end.Tag);
        wrongPort.AddChunk(SctpChunkType.CookieAck, 0, 0);
        end.Association.HandlePacket(buffer.AsSpan(0, wrongPort.Finish()), end.Now).ShouldBeFalse();
        var wrongSum = new PacketWriter(buffer, 5000, 5000, end.Tag);
        wrongSum.AddChunk(SctpChunkType.CookieAck, 0, 0);
        wrongSum.Finish();
        buffer[8] ^= 1;
        end.Association.HandlePacket(buffer.AsSpan(0, wrongSum.Length), end.Now).ShouldBeFalse();
        end.Association.Stats.PacketsRefused.ShouldBe(4);
        end.Drain().ShouldBeEmpty();
    }

    [Fact]
    public void A_peer_that_begins_anew_ends_the_association()
    {
        var end = new SctpEnd();
        var init = new PeerParameters(0x4E455721, 100_000, 10, 10, 77, true, true);
        end.Hand((ref PacketWriter writer) => WriteInit(ref writer, init), tag: 0);
        InitChunk.TryRead(new(end.DrainChunk(SctpChunkType.InitAck)), out var ack);
        var cookie = ack.Cookie.ToArray();
        var newTag = ack.Peer.Tag;
        newTag.ShouldNotBe(end.Tag);
        end.Association.IsClosed.ShouldBeFalse(); // an old INIT that comes again does no harm
        end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.CookieEcho, 0, cookie), tag: newTag);
        end.Events.ShouldHaveSingleItem().ShouldBe(new SctpEvent.Closed(SctpCloseReason.PeerRestarted, SctpCause.None));
    }

    private static void WriteInit(ref PacketWriter writer, PeerParameters init, ReadOnlySpan<byte> more = default)
    {
        var chunk = new byte[256];
        var length = InitChunk.Write(chunk, SctpChunkType.Init, init, default, more);
        writer.AddChunk(SctpChunkType.Init, 0, chunk.AsSpan(4, length - 4));
    }

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        var copy = bytes.ToArray();
        copy[at] = value == copy[at] ? (byte)~value : value;
        return copy;
    }

    private static (List<string> Forth, List<string> Back) Listen(SctpPair pair)
    {
        List<string> forth = [], back = [];
        pair.AToB.Drops = packet => { forth.Add(PacketText.Of(packet)); return false; };
        pair.BToA.Drops = packet => { back.Add(PacketText.Of(packet)); return false; };
        return (forth, back);
    }
}
