using Postern.Protocol.Net;
using Postern.Sessions.Dtls;

namespace Postern.Tests.Dtls;

public class HandshakeTests
{
    [Fact]
    public void A_lossless_handshake_is_one_datagram_a_flight_and_two_round_trips()
    {
        using var dialogue = new Dialogue().Run();

        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Client.Sent.Count.ShouldBe(2);
        dialogue.Server.Sent.Count.ShouldBe(2);
        dialogue.Now.ShouldBe(Instant.FromMilliseconds(40));
        dialogue.Client.Events.ShouldBe([new DtlsEvent.HandshakeCompleted(Certificates.Server.Fingerprint, null)]);
        dialogue.Server.Events.ShouldBe([new DtlsEvent.HandshakeCompleted(Certificates.Client.Fingerprint, null)]);
        dialogue.Client.Connection.Stats.FlightsRepeated.ShouldBe(0);
        dialogue.Server.Connection.Stats.FlightsRepeated.ShouldBe(0);
    }

    [Fact]
    public void Application_data_flows_both_ways_and_close_notify_ends_both()
    {
        using var dialogue = new Dialogue().Run();
        dialogue.Say(DtlsRole.Client, "hello"u8);
        dialogue.Say(DtlsRole.Server, "welcome"u8);
        dialogue.Go();

        dialogue.Server.Inbox.Received.Single().ShouldBe("hello"u8.ToArray());
        dialogue.Client.Inbox.Received.Single().ShouldBe("welcome"u8.ToArray());

        dialogue.Client.Connection.Close(dialogue.Now);
        dialogue.Go();
        dialogue.Client.Events[^1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.Local));
        dialogue.Server.Events[^1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.Peer));
        dialogue.Client.Sent.Count.ShouldBe(3);
        dialogue.Server.Sent.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(0.0, 0.0, 0, 1200)]
    [InlineData(0.1, 0.1, 30, 1200)]
    [InlineData(0.3, 0.0, 0, 1200)]
    [InlineData(0.3, 0.2, 60, 400)]
    [InlineData(0.2, 0.3, 100, 256)]
    public void Loss_duplication_and_reordering_delay_a_handshake_and_never_break_it(double loss, double duplication, int jitter, int size)
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            DtlsOptions Options(DtlsOptions options) => options with { MaximumDatagramSize = size };
            using var dialogue = new Dialogue(seed, Options, Options)
            {
                Loss = loss,
                Duplication = duplication,
                Jitter = TimeSpan.FromMilliseconds(jitter),
            };
            dialogue.Run().BothConnected.ShouldBeTrue($"seed {seed}");
            dialogue.Client.Sent.ShouldAllBe(d => d.Length <= size);
            dialogue.Server.Sent.ShouldAllBe(d => d.Length <= size);
        }
    }
}
