using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Messages;
using Type = Postern.Sessions.Dtls.Messages.HandshakeType;

namespace Postern.Tests.Dtls;

/// <summary>A client that skips, repeats or swaps its messages, each time with a Finished that fits.</summary>
public class ClientOffThePathTests
{
    [Fact]
    public void A_client_that_keeps_to_the_path_is_connected()
    {
        using var rogue = new Rogue(DtlsRole.Server).Hello().Flight(Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify, Type.Finished);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Connected);
    }

    public static TheoryData<string, DtlsFailure> Flights => new()
    {
        // skipped
        { "16 15 20", DtlsFailure.UnexpectedMessage },
        { "11 15 20", DtlsFailure.UnexpectedMessage },
        { "11 16 20", DtlsFailure.UnexpectedMessage },
        { "11 16 15", DtlsFailure.Timeout },
        { "16 20", DtlsFailure.UnexpectedMessage },
        { "11 20", DtlsFailure.Timeout }, // without keys, Finished is an unreadable record
        { "20", DtlsFailure.Timeout },
        // repeated
        { "11 11 16 15 20", DtlsFailure.UnexpectedMessage },
        { "11 16 16 15 20", DtlsFailure.UnexpectedMessage },
        { "11 16 15 15 20", DtlsFailure.UnexpectedMessage },
        // swapped
        { "16 11 15 20", DtlsFailure.UnexpectedMessage },
        { "11 15 16 20", DtlsFailure.UnexpectedMessage },
        { "11 16 20 15", DtlsFailure.UnexpectedMessage },
        // of the other side, of another handshake, or unheard of
        { "1", DtlsFailure.UnexpectedMessage },
        { "0", DtlsFailure.UnexpectedMessage },
        { "2", DtlsFailure.UnexpectedMessage },
        { "11 12", DtlsFailure.UnexpectedMessage },
        { "11 13", DtlsFailure.UnexpectedMessage },
        { "11 14", DtlsFailure.UnexpectedMessage },
        { "11 3", DtlsFailure.UnexpectedMessage },
        { "11 4", DtlsFailure.UnexpectedMessage },
        { "11 16 15 99", DtlsFailure.UnexpectedMessage },
    };

    [Theory]
    [MemberData(nameof(Flights))]
    public void A_client_that_skips_repeats_or_swaps_a_message_is_refused(string flight, DtlsFailure failure)
    {
        var types = flight.Split(' ').Select(byte.Parse).Select(t => (Type)t).ToArray();
        using var rogue = new Rogue(DtlsRole.Server).Hello().Flight(types);
        rogue.Victim.Connection.State.ShouldNotBe(DtlsState.Connected);
        rogue.Wait().Failure.ShouldBe(failure);
        rogue.Victim.Events.ShouldHaveSingleItem();
        rogue.Alerts.ShouldBe(failure == DtlsFailure.Timeout ? [] : [DtlsAlert.UnexpectedMessage]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(16)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(15)]
    public void A_first_message_that_is_no_hello_is_refused(byte type)
    {
        using var rogue = new Rogue(DtlsRole.Server).Flight((Type)type);
        rogue.Failure.ShouldBe(DtlsFailure.UnexpectedMessage);
    }

    [Fact]
    public void A_Finished_or_any_other_message_after_the_handshake_changes_nothing()
    {
        using var rogue = new Rogue(DtlsRole.Server).Hello().Flight(Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify, Type.Finished);
        rogue.Flight(Type.Finished).Flight(Type.ClientHello).Flight(Type.HelloRequest);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Connected);
        rogue.Victim.Connection.Stats.RenegotiationsRefused.ShouldBe(3);
        rogue.Victim.Events.ShouldHaveSingleItem();
    }
}
