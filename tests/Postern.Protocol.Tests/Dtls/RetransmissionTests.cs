using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Records;

namespace Postern.Tests.Dtls;

public class RetransmissionTests
{
    [Fact]
    public void A_hello_that_nobody_answers_is_repeated_with_doubling_pauses_and_given_up_after_30_seconds()
    {
        var sent = new List<double>();
        Dialogue? dialogue = null;
        dialogue = new Dialogue
        {
            Tamper = (_, _) =>
            {
                sent.Add((dialogue!.Now - Instant.Zero).TotalMilliseconds);
                return [];
            },
        };
        using (dialogue.Run())
        {
            sent.ShouldBe([0, 100, 300, 700, 1500, 3100, 6100, 9100, 12100, 15100, 18100, 21100, 24100, 27100]);
            dialogue.Client.Events.ShouldBe([new DtlsEvent.HandshakeFailed(DtlsFailure.Timeout, null)]);
            dialogue.Now.ShouldBe(Instant.FromMilliseconds(30_000));
            dialogue.Client.Connection.NextDeadline.ShouldBe(Instant.Never);
        }
    }

    [Fact]
    public void A_server_that_never_hears_of_anybody_has_no_deadline()
    {
        using var dialogue = new Dialogue();
        dialogue.Server.Connection.Start(Instant.Zero);
        dialogue.Server.Connection.NextDeadline.ShouldBe(Instant.Never);
        dialogue.Server.Connection.State.ShouldBe(DtlsState.New);
    }

    [Theory]
    [InlineData(DtlsRole.Client, 0, 3, 2)] // ClientHello
    [InlineData(DtlsRole.Server, 0, 3, 3)] // the server's hello flight: either timer may be the first
    [InlineData(DtlsRole.Client, 1, 3, 3)]
    [InlineData(DtlsRole.Server, 1, 3, 3)] // the last flight has no timer: the client's repetition brings it
    public void A_lost_flight_is_repeated_once(DtlsRole sender, int flight, int clientDatagrams, int serverDatagrams)
    {
        var count = 0;
        using var dialogue = new Dialogue { Tamper = (from, datagram) => from == sender && count++ == flight ? [] : [datagram] }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        (dialogue.Client.Sent.Count, dialogue.Server.Sent.Count).ShouldBe((clientDatagrams, serverDatagrams));
        dialogue.Now.ShouldBeLessThan(Instant.FromMilliseconds(200));
    }

    [Fact]
    public void Every_repetition_has_new_record_numbers()
    {
        using var dialogue = new Dialogue { Tamper = (from, datagram) => from == DtlsRole.Server ? [] : [datagram] }.Run(5);
        var numbers = dialogue.Client.Sent.SelectMany(Middleman.Records).Select(record => Convert.ToHexString(record.AsSpan(3, 8))).ToList();
        numbers.Count.ShouldBeGreaterThan(3);
        numbers.Distinct().Count().ShouldBe(numbers.Count);
    }

    [Fact]
    public void A_storm_of_duplicates_is_answered_at_most_once_in_half_a_timeout()
    {
        using var dialogue = new Dialogue { Tamper = (_, datagram) => [.. Enumerable.Repeat(datagram, 50)] }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Client.Sent.Count.ShouldBe(2);
        dialogue.Server.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void The_last_flight_is_repeated_until_application_data_proves_that_it_arrived()
    {
        using var dialogue = new Dialogue().Run();
        var flight = dialogue.Client.Sent[1];
        dialogue.Say(DtlsRole.Client, "I have your Finished"u8);
        dialogue.Go();
        dialogue.Inject(DtlsRole.Client, flight, 500);
        dialogue.Go();
        dialogue.Server.Sent.Count.ShouldBe(2);
        dialogue.BothConnected.ShouldBeTrue();
    }

    [Fact]
    public void Epoch_1_records_that_overtake_the_key_exchange_are_kept_for_a_while()
    {
        using var dialogue = new Dialogue
        {
            Tamper = (_, datagram) => Middleman.Records(datagram).Reverse(), // Finished comes first of all
        }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Server.Connection.Stats.EarlyKept.ShouldBe(1);
        dialogue.Client.Connection.Stats.FlightsRepeated.ShouldBe(0);
    }

    [Fact]
    public void Garbage_in_epoch_1_is_kept_within_bounds_and_delays_at_most()
    {
        using var dialogue = new Dialogue
        {
            Tamper = (_, datagram) => [.. Enumerable.Repeat(Middleman.Plain(ContentType.Handshake, 1, new byte[60]), 100), datagram],
        }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Server.Connection.Stats.EarlyKept.ShouldBe(EarlyRecords.MaximumCount);
    }

    [Fact]
    public void Closing_in_the_middle_of_a_handshake_tells_the_peer()
    {
        using var dialogue = new Dialogue();
        dialogue.Run(0.015);
        dialogue.Client.Connection.Close(dialogue.Now);
        dialogue.Go();
        dialogue.Client.Events.ShouldBe([new DtlsEvent.Closed(DtlsCloser.Local)]);
        dialogue.Server.Failed.ShouldBe(new DtlsEvent.HandshakeFailed(DtlsFailure.PeerAlert, DtlsAlert.CloseNotify));
    }

    [Fact]
    public void A_close_notify_that_is_lost_is_said_again_when_the_peer_goes_on_talking()
    {
        using var dialogue = new Dialogue().Run();
        dialogue.Tamper = (_, _) => [];
        dialogue.Client.Connection.Close(dialogue.Now);
        dialogue.Go();
        dialogue.Tamper = null;
        dialogue.Server.Connection.State.ShouldBe(DtlsState.Connected);
        dialogue.Say(DtlsRole.Server, "are you there?"u8);
        dialogue.Go();
        dialogue.Server.Events[^1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.Peer));
        dialogue.Client.Inbox.Received.ShouldBeEmpty();
    }

    [Fact]
    public void Closing_before_the_start_sends_nothing()
    {
        using var dialogue = new Dialogue();
        dialogue.Client.Connection.Close(Instant.Zero);
        dialogue.Run();
        dialogue.Client.Sent.ShouldBeEmpty();
        dialogue.Client.Events.ShouldBe([new DtlsEvent.Closed(DtlsCloser.Local)]);
    }
}
