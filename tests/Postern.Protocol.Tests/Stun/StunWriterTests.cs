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
}
