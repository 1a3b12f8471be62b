using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Records;
using Postern.Tests.Kit;
using Type = Postern.Sessions.Dtls.Messages.HandshakeType;

namespace Postern.Tests.Dtls;

public class RecordTests
{
    [Fact]
    public void A_replayed_record_is_heard_once()
    {
        using var dialogue = new Dialogue().Run();
        dialogue.Tamper = (_, datagram) => [datagram, datagram, [.. datagram, .. datagram]];
        dialogue.Say(DtlsRole.Client, "once"u8);
        dialogue.Go();
        dialogue.Server.Inbox.Received.Count.ShouldBe(1);
        dialogue.Server.Connection.Stats.ReplayedDropped.ShouldBe(3);
    }

    [Fact]
    public void Records_may_overtake_each_other_within_the_window()
    {
        using var dialogue = new Dialogue().Run();
        var held = new List<byte[]>();
        dialogue.Tamper = (_, datagram) =>
        {
            held.Add([.. datagram]);
            return [];
        };
        for (byte i = 0; i < 65; i++)
        {
            dialogue.Say(DtlsRole.Client, [i]);
        }

        held.Reverse();
        foreach (var datagram in held)
        {
            dialogue.Inject(DtlsRole.Client, datagram);
        }

        dialogue.Go();
        dialogue.Server.Inbox.Received.Count.ShouldBe(64); // the oldest fell out of the window of 64
        dialogue.Server.Connection.Stats.ReplayedDropped.ShouldBe(1);
    }

    [Fact]
    public void A_record_with_any_byte_changed_is_not_heard_and_harms_nothing()
    {
        using var dialogue = new Dialogue().Run();
        var record = new byte[4 + DtlsConnection.Overhead];
        dialogue.Client.Connection.Protect("data"u8, record);
        for (var i = 0; i < record.Length; i++)
        {
            byte[] forged = [.. record];
            forged[i] ^= 0x10;
            if (forged[0] is >= 20 and <= 63)
            {
                dialogue.Inject(DtlsRole.Client, forged);
            }
        }

        dialogue.Go();
        dialogue.Server.Inbox.Received.ShouldBeEmpty();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Inject(DtlsRole.Client, record);
        dialogue.Go();
        dialogue.Server.Inbox.Received.Single().ShouldBe("data"u8.ToArray()); // no forged number has moved the window
    }

    [Fact]
    public void A_truncated_record_is_not_heard()
    {
        using var dialogue = new Dialogue().Run();
        var record = new byte[4 + DtlsConnection.Overhead];
        dialogue.Client.Connection.Protect("data"u8, record);
        for (var length = 1; length < record.Length; length++)
        {
            dialogue.Inject(DtlsRole.Client, record[..length]);
        }

        dialogue.Go();
        dialogue.Server.Inbox.Received.ShouldBeEmpty();
        dialogue.Server.Connection.Stats.MalformedDropped.ShouldBe(record.Length - 1);
    }

    [Fact]
    public void Several_records_in_one_datagram_are_all_heard()
    {
        using var dialogue = new Dialogue().Run();
        var datagram = new byte[2 * (1 + DtlsConnection.Overhead)];
        var length = dialogue.Client.Connection.Protect([1], datagram);
        dialogue.Client.Connection.Protect([2], datagram.AsSpan(length));
        dialogue.Inject(DtlsRole.Client, datagram);
        dialogue.Go();
        dialogue.Server.Inbox.Received.Select(d => d.Single()).ShouldBe([1, 2]);
    }

    [Fact]
    public void Empty_records_are_passed_over_and_the_largest_is_heard()
    {
        using var dialogue = new Dialogue().Run();
        var buffer = new byte[20_000];
        dialogue.Inject(DtlsRole.Client, buffer[..dialogue.Client.Connection.Protect([], buffer)]);
        dialogue.Inject(DtlsRole.Client, buffer[..dialogue.Client.Connection.Protect(new byte[16_384], buffer)]);
        dialogue.Go();
        dialogue.Server.Inbox.Received.Single().Length.ShouldBe(16_384);
        Should.Throw<ArgumentException>(() => dialogue.Client.Connection.Protect(new byte[16_385], buffer));
        Should.Throw<ArgumentException>(() => dialogue.Client.Connection.Protect(new byte[10], buffer.AsSpan(0, 46)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    [InlineData(64)]
    [InlineData(255)]
    public void What_does_not_begin_like_DTLS_is_left_to_others(byte first)
    {
        using var dialogue = new Dialogue();
        dialogue.Server.Connection.HandleDatagram([first, 1, 2, 3], dialogue.Server.Inbox, Instant.Zero).ShouldBeFalse();
        dialogue.Server.Connection.HandleDatagram([], dialogue.Server.Inbox, Instant.Zero).ShouldBeFalse();
        dialogue.Server.Connection.HandleDatagram([20], dialogue.Server.Inbox, Instant.Zero).ShouldBeTrue();
        dialogue.Server.Connection.HandleDatagram([63, 0], dialogue.Server.Inbox, Instant.Zero).ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_protected_without_a_connection()
    {
        using var dialogue = new Dialogue();
        dialogue.Client.Connection.Protect([1], new byte[100]).ShouldBe(0);
        dialogue.Run();
        dialogue.Client.Connection.Close(dialogue.Now);
        dialogue.Client.Connection.Protect([1], new byte[100]).ShouldBe(0);
    }

    [Fact]
    public void Sixteen_sequence_numbers_are_kept_for_farewells_and_none_is_used_twice()
    {
        using var records = new RecordLayer();
        records.ProtectWriting(new RecordProtection(new byte[16], new byte[4]));
        records.WriteSequence = RecordLayer.LastApplicationSequence;
        records.IsExhausted.ShouldBeFalse();
        var buffer = new byte[100];
        records.Write(ContentType.ApplicationData, 1, [1], buffer).ShouldBe(38);
        records.IsExhausted.ShouldBeTrue();
        for (var alerts = 0; alerts < 16; alerts++)
        {
            records.Write(ContentType.Alert, 1, [1, 0], buffer).ShouldBe(39);
        }

        records.Write(ContentType.Alert, 1, [1, 0], buffer).ShouldBe(0); // never a number twice
    }

    [Fact]
    public void A_connection_closes_when_its_numbers_are_spent()
    {
        using var dialogue = new Dialogue().Run();
        dialogue.Client.Connection.SpendSequenceNumbers();
        dialogue.Say(DtlsRole.Client, "last"u8);
        dialogue.Client.Connection.Protect("too much"u8, new byte[100]).ShouldBe(0);
        dialogue.Go();
        dialogue.Server.Inbox.Received.Single().ShouldBe("last"u8.ToArray());
        dialogue.Client.Events[^1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.Exhaustion));
        dialogue.Server.Events[^1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.Peer));
    }

    [Fact]
    public void An_authenticated_fatal_alert_ends_the_connection_and_a_warning_does_not()
    {
        using var rogue = new Rogue(DtlsRole.Server).Hello();
        rogue.Flight(Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify, Type.Finished);
        rogue.SendRecord(ContentType.Alert, 1, [1, 90]);
        rogue.SendRecord(ContentType.Alert, 1, [2]);
        rogue.SendRecord(ContentType.ChangeCipherSpec, 1, [1]);
        rogue.SendRecord((ContentType)99, 1, [1]);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Connected);
        rogue.SendRecord(ContentType.Alert, 1, [2, 80]);
        rogue.Victim.Events[^1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.PeerAlert));
    }

    [Fact]
    public void Application_records_cost_no_memory_in_either_direction()
    {
        using var dialogue = new Dialogue().Run();
        var (client, server) = (dialogue.Client.Connection, dialogue.Server.Connection);
        var receiver = new Counter();
        var plaintext = new byte[1150];
        var datagram = new byte[1200];
        void Send(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var length = client.Protect(plaintext, datagram);
                server.HandleDatagram(datagram.AsSpan(0, length), receiver, Instant.Zero);
                server.HandleDeadline(Instant.Zero);
                server.TryTransmit(Buffer, out _);
                server.TryTakeEvent(out _);
            }
        }

        Send(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        receiver.Bytes.ShouldBe(1100L * 1150);
    }

    [Fact]
    public void The_replay_window_agrees_with_a_set_of_everything_seen()
    {
        var random = new SeededRandom(9);
        var window = new ReplayWindow();
        var seen = new HashSet<ulong>();
        var top = 0UL;
        for (var i = 0; i < 20_000; i++)
        {
            var sequence = top + 70 < 140 ? random.Next() % 70 : top - 100 + (random.Next() % (i % 50 == 0 ? 300UL : 104UL));
            var expected = !seen.Contains(sequence) && (seen.Count == 0 || sequence + 64 > top);
            window.Admits(sequence).ShouldBe(expected, $"{sequence} of {top}");
            if (expected)
            {
                window.Mark(sequence);
                seen.Add(sequence);
                top = Math.Max(top, sequence);
            }
        }
    }

    private static readonly byte[] Buffer = new byte[2048];

    private sealed class Counter : IPlaintextReceiver
    {
        public long Bytes { get; private set; }

        public void HandlePlaintext(ReadOnlySpan<byte> plaintext, Instant now) => Bytes += plaintext.Length;
    }
}
