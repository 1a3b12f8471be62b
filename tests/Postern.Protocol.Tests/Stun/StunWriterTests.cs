using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Stun;

public class StunWriterTests
{
    [Fact]
    public void What_the_writer_writes_the_view_reads()
    {
        var id = TransactionId.Draw(new SeededRandom(7));
        var key = StunKey.ShortTerm("secret");
        var endpoint = Endpoint.Parse("[2001:db8::7]:4711");
        Span<byte> buffer = stackalloc byte[512];
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, id);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, endpoint);
        writer.AddText(StunAttributeType.Software, "Postern");
        writer.AddIntegrity(key);
        writer.AddIntegritySha256(key);
        writer.AddFingerprint();

        StunMessage.TryParse(buffer[..writer.Length], out var message).ShouldBe(StunError.None);
        message.Class.ShouldBe(StunClass.Success);
        message.Method.ShouldBe(StunMethod.Binding);
        message.TransactionId.ShouldBe(id);
        message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var read).ShouldBeTrue();
        read.ShouldBe(endpoint);
        message.VerifyIntegrity(key).ShouldBeTrue();
        message.VerifyIntegritySha256(key).ShouldBeTrue();
        message.VerifyIntegrity("wrong"u8).ShouldBeFalse();
        message.HasFingerprint.ShouldBeTrue();
    }

    [Fact]
    public void Nothing_can_be_written_behind_what_seals_a_message()
    {
        Should.Throw<InvalidOperationException>(() => Write(StunAttributeType.Fingerprint, StunAttributeType.Software));
        Should.Throw<InvalidOperationException>(() => Write(StunAttributeType.MessageIntegrity, StunAttributeType.Software));
        Should.Throw<InvalidOperationException>(() => Write(StunAttributeType.MessageIntegritySha256, StunAttributeType.MessageIntegrity));
        Should.Throw<InvalidOperationException>(() => Write(StunAttributeType.Fingerprint, StunAttributeType.Fingerprint));
        Should.NotThrow(() => Write(StunAttributeType.MessageIntegrity, StunAttributeType.Fingerprint));
        Should.NotThrow(() => Write(StunAttributeType.Software, StunAttributeType.Software));
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_misuse()
    {
        Should.Throw<ArgumentException>(() => new StunWriter(new byte[20], StunClass.Request, StunMethod.Binding, default).AddUInt32(StunAttributeType.Priority, 1));
        Should.Throw<ArgumentException>(() => new StunWriter(new byte[64], StunClass.Request, StunMethod.Binding, default).AddErrorCode(299));
    }

    private static void Write(params StunAttributeType[] types)
    {
        var writer = new StunWriter(new byte[256], StunClass.Request, StunMethod.Binding, default);
        foreach (var type in types)
        {
            writer.Add(type, new byte[32]);
        }
    }
}
