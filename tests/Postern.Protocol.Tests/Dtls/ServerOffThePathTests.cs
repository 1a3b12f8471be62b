using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;
using Type = Postern.Sessions.Dtls.Messages.HandshakeType;

namespace Postern.Tests.Dtls;

/// <summary>A server that skips, repeats or swaps its messages, each time with a transcript that fits.</summary>
public class ServerOffThePathTests
{
    [Fact]
    public void A_server_that_keeps_to_the_path_is_connected()
    {
        using var rogue = new Rogue(DtlsRole.Client).Listen().Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange, Type.CertificateRequest, Type.ServerHelloDone);
        rogue.Heard.Select(m => m.Type).ShouldBe([Type.ClientHello, Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify, Type.Finished]);
        rogue.Flight(Type.Finished).Victim.Connection.State.ShouldBe(DtlsState.Connected);
    }

    public static TheoryData<string, DtlsFailure> Flights => new()
    {
        // skipped
        { "11 12 13 14", DtlsFailure.UnexpectedMessage },
        { "2 12 13 14", DtlsFailure.UnexpectedMessage },
        { "2 11 13 14", DtlsFailure.UnexpectedMessage },
        { "2 11 12 14", DtlsFailure.UnexpectedMessage },
        { "2 11 12 13", DtlsFailure.Timeout },
        { "2 14", DtlsFailure.UnexpectedMessage },
        { "2 11 14", DtlsFailure.UnexpectedMessage },
        // repeated
        { "2 2 11 12 13 14", DtlsFailure.UnexpectedMessage },
        { "2 11 11 12 13 14", DtlsFailure.UnexpectedMessage },
        { "2 11 12 12 13 14", DtlsFailure.UnexpectedMessage },
        { "2 11 12 13 13 14", DtlsFailure.UnexpectedMessage },
        // swapped
        { "11 2 12 13 14", DtlsFailure.UnexpectedMessage },
        { "2 12 11 13 14", DtlsFailure.UnexpectedMessage },
        { "2 11 13 12 14", DtlsFailure.UnexpectedMessage },
        { "2 11 12 14 13", DtlsFailure.UnexpectedMessage },
        // of the other side, of another handshake, or unheard of
        { "1", DtlsFailure.UnexpectedMessage },
        { "0", DtlsFailure.UnexpectedMessage },
        { "2 16", DtlsFailure.UnexpectedMessage },
        { "2 11 15", DtlsFailure.UnexpectedMessage },
        { "2 3", DtlsFailure.UnexpectedMessage },
        { "2 4", DtlsFailure.UnexpectedMessage },
        { "99", DtlsFailure.UnexpectedMessage },
    };

    [Theory]
    [MemberData(nameof(Flights))]
    public void A_server_that_skips_repeats_or_swaps_a_message_is_refused(string flight, DtlsFailure failure)
    {
        var types = flight.Split(' ').Select(byte.Parse).Select(t => (Type)t).ToArray();
        using var rogue = new Rogue(DtlsRole.Client).Listen().Flight(types);
        rogue.Wait().Failure.ShouldBe(failure);
        rogue.Victim.Events.ShouldHaveSingleItem();
        rogue.Alerts.ShouldBe(failure == DtlsFailure.Timeout ? [] : [DtlsAlert.UnexpectedMessage]);
    }

    [Fact]
    public void A_server_that_repeats_ServerHelloDone_where_Finished_belongs_is_refused()
    {
        using var rogue = Answered().Flight(Type.ServerHelloDone);
        rogue.Failure.ShouldBe(DtlsFailure.UnexpectedMessage);
    }

    [Fact]
    public void A_server_that_says_data_instead_of_Finished_is_not_heard()
    {
        using var rogue = Answered().Protect().SendRecord(ContentType.ApplicationData, 1, "early"u8);
        rogue.Wait().Failure.ShouldBe(DtlsFailure.Timeout);
        rogue.Victim.Inbox.Received.ShouldBeEmpty();
    }

    [Fact]
    public void Data_that_overtakes_Finished_is_heard_after_it()
    {
        using var rogue = Answered();
        rogue.Send(Type.Finished);
        rogue.SendRecord(ContentType.ApplicationData, 1, "early"u8);
        rogue.Victim.Inbox.Received.ShouldBeEmpty();
        rogue.Flush().Victim.Inbox.Received.Single().ShouldBe("early"u8.ToArray());
    }

    [Fact]
    public void A_request_to_renegotiate_is_passed_over()
    {
        using var rogue = Answered().Flight(Type.Finished).Flight(Type.HelloRequest);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Connected);
        rogue.Victim.Connection.Stats.RenegotiationsRefused.ShouldBe(1);
    }

    [Fact]
    public void A_server_that_asks_for_a_cookie_gets_it_and_a_new_transcript_begins()
    {
        using var rogue = new Rogue(DtlsRole.Client).Listen();
        rogue.Send(Type.HelloVerifyRequest, Convert.FromHexString("FEFF0411223344")).Flush();
        var (type, body) = rogue.Heard[^1];
        type.ShouldBe(Type.ClientHello);
        ClientHello.TryParse(body, out var hello).ShouldBeTrue();
        hello.Cookie.ToArray().ShouldBe([0x11, 0x22, 0x33, 0x44]);
        rogue.Heard[0].Body.AsSpan(2, 32).SequenceEqual(hello.Random).ShouldBeTrue();
    }

    [Fact]
    public void A_server_that_never_stops_asking_for_cookies_is_refused()
    {
        using var rogue = new Rogue(DtlsRole.Client).Listen();
        for (var i = 0; i < 4; i++)
        {
            rogue.Send(Type.HelloVerifyRequest, Convert.FromHexString("FEFF0411223344")).Flush();
        }

        rogue.Failure.ShouldBe(DtlsFailure.UnexpectedMessage);
    }

    private static Rogue Answered() => new Rogue(DtlsRole.Client).Listen().Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange, Type.CertificateRequest, Type.ServerHelloDone);
}
