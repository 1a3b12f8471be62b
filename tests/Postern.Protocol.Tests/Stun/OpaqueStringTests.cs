using Postern.Protocol.Stun;

namespace Postern.Tests.Stun;

public class OpaqueStringTests
{
    [Theory]
    [InlineData("VOkJxbRl1RmTxUk/WvJxBt")]
    [InlineData("correct horse ~!\"")]
    [InlineData("Stra\u00DFe \u03C0 \uD83D\uDD11")]
    public void Ordinary_texts_stay_as_they_are(string text)
    {
        OpaqueString.TryPrepare(text, out var prepared).ShouldBeTrue();
        prepared.ShouldBe(text);
    }

    [Theory]
    [InlineData("foo\u1680bar", "foo bar")] // RFC 8265 §4.3, example 5
    [InlineData("a\u00A0b\u3000c", "a b c")]
    public void Spaces_beyond_ascii_become_spaces(string text, string expected)
    {
        OpaqueString.TryPrepare(text, out var prepared).ShouldBeTrue();
        prepared.ShouldBe(expected);
        OpaqueString.Prepare(text).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("my cat is a \u0009by")] // RFC 8265 §4.3, example 8
    [InlineData("a\u0000b")]
    [InlineData("\u007F")]
    [InlineData("The\u00ADM")]
    [InlineData("a\u2028b")]
    [InlineData("\uE000")]
    [InlineData("\uFFFF")]
    public void Controls_and_what_is_no_character_are_refused_and_then_used_as_typed(string text)
    {
        OpaqueString.TryPrepare(text, out var prepared).ShouldBeFalse();
        prepared.ShouldBeNull();
        OpaqueString.Prepare(text).ShouldBe(text);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_does_no_harm()
    {
        var text = new string((char)0xD800, 1);
        OpaqueString.TryPrepare(text, out _).ShouldBeFalse();
        StunKey.ShortTerm(text).ShouldBe([0xEF, 0xBF, 0xBD]);
    }

    [Fact]
    public void Keys_are_made_of_prepared_texts()
    {
        StunKey.ShortTerm("a\u00A0b").ShouldBe("a b"u8.ToArray());
        StunKey.LongTerm("u\u00A0", "r", "p\u3000").ShouldBe(StunKey.LongTerm("u ", "r", "p "));
        StunKey.LongTermSha256("u", "r\u00A0", "p").ShouldBe(StunKey.LongTermSha256("u", "r ", "p"));
        StunKey.UserHash("u\u00A0", "r").ShouldBe(StunKey.UserHash("u ", "r"));
    }
}
