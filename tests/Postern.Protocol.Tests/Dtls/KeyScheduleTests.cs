using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Handshake;

namespace Postern.Tests.Dtls;

public class KeyScheduleTests
{
    /// <summary>The vector for P_SHA256 that was published on the TLS working group's list (26 November 2008) and that every library uses.</summary>
    [Fact]
    public void The_pseudorandom_function_gives_the_published_bytes()
    {
        var output = new byte[100];
        Prf.Expand(
            Convert.FromHexString("9BBE436BA940F017B17652849A71DB35"),
            "test label"u8,
            Convert.FromHexString("A0BA9F936CDA311827A6F796FFD5198C"),
            output);
        Convert.ToHexString(output).ShouldBe(
            "E3F229BA727BE17B8D122620557CD453C2AAB21D07C3D495329B52D4E61EDB5A6B301791E90D35C9C9A46B4E14BAF9AF0FA022F7077DEF17ABFD3797C0564BAB"
            + "4FBC91666E9DEF9B97FCE34F796789BAA48082D122EE42C5A72E5A5110FFF70187347B66");
    }

    [Fact]
    public void Both_ends_export_the_same_bytes_for_the_same_question_only()
    {
        using var dialogue = new Dialogue().Run();
        var (client, server) = (dialogue.Client.Connection, dialogue.Server.Connection);
        byte[][] exports =
        [
            client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", null, 60),
            client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", [], 60),
            client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", [1], 60),
            client.ExportKeyingMaterial("EXPERIMENTAL postern", null, 60),
        ];
        exports.Select(Convert.ToHexString).Distinct().Count().ShouldBe(4);
        server.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", null, 60).ShouldBe(exports[0]);
        server.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", [1], 60).ShouldBe(exports[2]);
        client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", null, 30).ShouldBe(exports[0][..30]);
    }

    [Fact]
    public void Nothing_is_exported_before_the_handshake_or_under_a_label_of_TLS_itself()
    {
        using var dialogue = new Dialogue();
        Should.Throw<InvalidOperationException>(() => dialogue.Client.Connection.ExportKeyingMaterial("x", null, 1));
        dialogue.Run();
        foreach (var label in new[] { "client finished", "server finished", "master secret", "extended master secret", "key expansion" })
        {
            Should.Throw<ArgumentException>(() => dialogue.Client.Connection.ExportKeyingMaterial(label, null, 1));
        }
    }

    [Theory]
    [InlineData(new[] { SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1With80 }, new[] { SrtpProfile.Aes128CmHmacSha1With80, SrtpProfile.AeadAes128Gcm }, SrtpProfile.Aes128CmHmacSha1With80)]
    [InlineData(new[] { SrtpProfile.AeadAes128Gcm }, new[] { SrtpProfile.Aes128CmHmacSha1With80, SrtpProfile.AeadAes128Gcm }, SrtpProfile.AeadAes128Gcm)]
    [InlineData(new[] { SrtpProfile.AeadAes128Gcm }, new[] { SrtpProfile.Aes128CmHmacSha1With80 }, null)]
    [InlineData(new SrtpProfile[0], new[] { SrtpProfile.Aes128CmHmacSha1With80 }, null)]
    [InlineData(new[] { SrtpProfile.AeadAes128Gcm }, new SrtpProfile[0], null)]
    public void The_server_chooses_the_srtp_profile_among_those_that_both_have(SrtpProfile[] client, SrtpProfile[] server, SrtpProfile? chosen)
    {
        using var dialogue = new Dialogue(1, o => o with { SrtpProfiles = client }, o => o with { SrtpProfiles = server }).Run();
        dialogue.Client.Events.OfType<DtlsEvent.HandshakeCompleted>().Single().SrtpProfile.ShouldBe(chosen);
        dialogue.Server.Events.OfType<DtlsEvent.HandshakeCompleted>().Single().SrtpProfile.ShouldBe(chosen);
    }
}
