using System.Security.Cryptography;
using Postern.Protocol.Switching.Identity;

namespace Postern.Tests.Switching;

public sealed class PeerIdentityTests : IDisposable
{
    private readonly PeerIdentity _anna = PeerIdentity.Create();
    private readonly PeerIdentity _bob = PeerIdentity.Create();

    [Fact]
    public void An_identity_survives_export_and_import()
    {
        using var again = PeerIdentity.Import(_anna.Export());
        again.PublicKey.ShouldBe(_anna.PublicKey);
        PeerKey.Verify(_anna.PublicKey, "x"u8, again.Sign("x"u8)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("no pem")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void What_is_no_identity_is_a_format_error(string pem) => Should.Throw<FormatException>(() => PeerIdentity.Import(pem));

    [Fact]
    public void A_key_on_another_curve_is_no_identity()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Should.Throw<FormatException>(() => PeerIdentity.Import(other.ExportPkcs8PrivateKeyPem()));
    }

    [Fact]
    public void A_signature_is_good_for_its_bytes_and_its_key_only()
    {
        var signature = _anna.Sign("hello"u8);
        signature.Length.ShouldBe(PeerKey.SignatureTextLength);
        PeerKey.Verify(_anna.PublicKey, "hello"u8, signature).ShouldBeTrue();
        PeerKey.Verify(_anna.PublicKey, "hellp"u8, signature).ShouldBeFalse();
        PeerKey.Verify(_bob.PublicKey, "hello"u8, signature).ShouldBeFalse();
    }

    [Fact]
    public void Nonsense_for_a_key_or_signature_is_false_and_not_an_exception()
    {
        var signature = _anna.Sign("hello"u8);
        var offCurve = _anna.PublicKey[..^2] + (_anna.PublicKey[^2] == 'A' ? "B" : "A") + _anna.PublicKey[^1];
        string[] keys = ["", "AAAA", new string('A', PeerKey.TextLength), new string('!', PeerKey.TextLength), offCurve];
        foreach (var key in keys)
        {
            PeerKey.Verify(key, "hello"u8, signature).ShouldBeFalse();
        }

        PeerKey.IsWellFormed(_anna.PublicKey).ShouldBeTrue();
        PeerKey.IsWellFormed(_anna.PublicKey[..^1] + (char)(_anna.PublicKey[^1] + 1)).ShouldBeFalse(); // the same bytes, written differently

        string[] signatures = ["", "AAAA", new string('A', PeerKey.SignatureTextLength), new string('=', PeerKey.SignatureTextLength), signature + "A"];
        foreach (var other in signatures)
        {
            PeerKey.Verify(_anna.PublicKey, "hello"u8, other).ShouldBeFalse();
        }
    }

    [Fact]
    public void Safety_numbers_are_the_same_on_both_sides_and_differ_for_other_keys()
    {
        var number = SafetyNumber.Of(_anna.PublicKey, _bob.PublicKey);
        number.ShouldBe(SafetyNumber.Of(_bob.PublicKey, _anna.PublicKey));
        number.Split(' ').ShouldAllBe(group => group.Length == 5 && group.All(char.IsAsciiDigit));
        number.Split(' ').Length.ShouldBe(12);
        SafetyNumber.Of(_anna.PublicKey, _anna.PublicKey).ShouldNotBe(number);
        SafetyNumber.Of("a", "b").ShouldBe("82339 25346 05594 37849 12532 91848 89153 14368 92530 92187 08617 17100"); // fixed for ever
    }

    [Theory]
    [InlineData("anna", "anna")]
    [InlineData("Anna.B_c-9", "anna.b_c-9")]
    [InlineData("9", "9")]
    [InlineData("", null)]
    [InlineData(".anna", null)]
    [InlineData("an na", null)]
    [InlineData("änna", null)]
    [InlineData("anna@server", null)]
    [InlineData(null, null)]
    public void Names_are_letters_digits_dots_underscores_and_hyphens(string? text, string? name)
    {
        PeerName.TryParse(text, out var parsed).ShouldBe(name is not null);
        parsed.ShouldBe(name);
    }

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        PeerName.TryParse(new string('a', 64), out _).ShouldBeTrue();
        PeerName.TryParse(new string('a', 65), out _).ShouldBeFalse();
    }

    public void Dispose()
    {
        _anna.Dispose();
        _bob.Dispose();
    }
}
