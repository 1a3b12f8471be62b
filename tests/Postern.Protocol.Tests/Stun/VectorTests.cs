using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Stun;

/// <summary>RFC 5769 and RFC 8489 appendix B.1 (as corrected by erratum 6268), read and written.</summary>
public class VectorTests
{
    private const string Matrix = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";
    private static readonly byte[] ShortTermKey = StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBt");

    [Fact]
    public void The_sample_request_of_RFC_5769_is_read()
    {
        var message = Read("rfc5769-2.1-request");
        (message.Class, message.Method, message.IsClassic, message.HasFingerprint).ShouldBe((StunClass.Request, StunMethod.Binding, false, true));
        Text(message, StunAttributeType.Software).ShouldBe("STUN test client");
        message.TryGetUInt32(StunAttributeType.Priority, out var priority).ShouldBeTrue();
        priority.ShouldBe(0x6E0001FFu);
        message.TryGetUInt64(StunAttributeType.IceControlled, out var tieBreaker).ShouldBeTrue();
        tieBreaker.ShouldBe(0x932FF9B151263B36UL);
        Text(message, StunAttributeType.Username).ShouldBe("evtj:h6vY");
        message.VerifyIntegrity(ShortTermKey).ShouldBeTrue();
        message.VerifyIntegrity(StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBu")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("rfc5769-2.2-ipv4-response", "192.0.2.1:32853")]
    [InlineData("rfc5769-2.3-ipv6-response", "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    public void The_sample_responses_of_RFC_5769_are_read(string name, string mapped)
    {
        var message = Read(name);
        (message.Class, message.HasFingerprint).ShouldBe((StunClass.Success, true));
        Text(message, StunAttributeType.Software).ShouldBe("test vector");
        message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var endpoint).ShouldBeTrue();
        endpoint.ShouldBe(Endpoint.Parse(mapped));
        message.VerifyIntegrity(ShortTermKey).ShouldBeTrue();
    }

    [Fact]
    public void The_long_term_request_of_RFC_5769_is_read()
    {
        var message = Read("rfc5769-2.4-long-term-request");
        Text(message, StunAttributeType.Username).ShouldBe(Matrix);
        Text(message, StunAttributeType.Realm).ShouldBe("example.org");
        Text(message, StunAttributeType.Nonce).ShouldBe("f//499k954d6OL34oL9FSTvy64sA");
        message.VerifyIntegrity(StunKey.LongTerm(Matrix, "example.org", "TheMatrIX")).ShouldBeTrue();
        message.HasFingerprint.ShouldBeFalse();
    }

    [Fact]
    public void The_SHA_256_request_of_RFC_8489_is_read()
    {
        var message = Read("rfc8489-b.1-sha256-request");
        message.TryGet(StunAttributeType.UserHash, out var hash).ShouldBeTrue();
        hash.SequenceEqual(StunKey.UserHash(Matrix, "example.org")).ShouldBeTrue();
        Text(message, StunAttributeType.Nonce).ShouldBe("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA");
        message.VerifyIntegritySha256(StunKey.LongTermSha256(Matrix, "example.org", "TheMatrIX")).ShouldBeTrue();
        message.VerifyIntegritySha256(StunKey.LongTerm(Matrix, "example.org", "TheMatrIX")).ShouldBeFalse();
        message.HasMessageIntegrity.ShouldBeFalse();
    }

    [Theory]
    [InlineData("rfc5769-2.1-request")]
    [InlineData("rfc5769-2.2-ipv4-response")]
    [InlineData("rfc5769-2.3-ipv6-response")]
    [InlineData("rfc5769-2.4-long-term-request")]
    [InlineData("rfc8489-b.1-sha256-request")]
    public void What_was_read_is_written_again_byte_for_byte(string name)
    {
        var original = Vectors.Hex(name);
        var message = Read(name);
        var buffer = new byte[original.Length];
        buffer.AsSpan().Fill(0x20); // RFC 5769 pads with blanks in places
        var writer = new StunWriter(buffer, message.Class, message.Method, message.TransactionId);
        foreach (var field in message.Fields)
        {
            writer.Add(field.Type, field.Value);
        }

        var longTerm = name.Contains("long-term", StringComparison.Ordinal) ? StunKey.LongTerm(Matrix, "example.org", "TheMatrIX") : ShortTermKey;
        if (message.HasMessageIntegrity)
        {
            CopyPadding(original, buffer.AsSpan(0, writer.Length));
            writer.AddIntegrity(longTerm);
        }

        if (message.HasMessageIntegritySha256)
        {
            writer.AddIntegritySha256(StunKey.LongTermSha256(Matrix, "example.org", "TheMatrIX"));
        }

        if (message.HasFingerprint)
        {
            writer.AddFingerprint();
        }

        Convert.ToHexString(buffer.AsSpan(0, writer.Length)).ShouldBe(Convert.ToHexString(original));
    }

    // We pad with zeros, the vectors with what they like: under the integrity both count.
    private static void CopyPadding(ReadOnlySpan<byte> original, Span<byte> written)
    {
        for (var i = StunMessage.HeaderSize; i < written.Length; i++)
        {
            if (written[i] == 0 && original[i] == 0x20)
            {
                written[i] = 0x20;
            }
        }
    }

    private static StunMessage Read(string name)
    {
        StunMessage.TryParse(Vectors.Hex(name), out var message).ShouldBe(StunError.None);
        return message;
    }

    private static string Text(StunMessage message, StunAttributeType type) =>
        message.TryGetText(type, out var text) ? Encoding.UTF8.GetString(text) : "(none)";
}
