using Postern.Protocol.Ice;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

public class IceCredentialsTests
{
    [Theory]
    [InlineData("abcd", "0123456789012345678901", true)]
    [InlineData("ab+/", "0123456789-_=/+0123456", true)]
    [InlineData("abc", "0123456789012345678901", false)]
    [InlineData("abcd", "012345678901234567890", false)]
    [InlineData("ab:d", "0123456789012345678901", false)]
    [InlineData("abcd", "01234567890123456789\r\n", false)]
    [InlineData("äbcd", "0123456789012345678901", false)]
    public void Credentials_are_judged_by_their_length_and_characters(string fragment, string password, bool isValid)
    {
        IceCredentials.TryCreate(fragment, password, out var credentials).ShouldBe(isValid);
        IceCredentials.TryCreate(new string('a', 257), password, out _).ShouldBeFalse();
        (credentials is not null).ShouldBe(isValid);
    }

    [Fact]
    public void Drawn_credentials_are_long_enough_and_their_password_is_not_shown()
    {
        var drawn = IceCredentials.Draw(new SeededRandom(1));
        (drawn.UsernameFragment.Length * 6).ShouldBeGreaterThanOrEqualTo(24);
        (drawn.Password.Length * 6).ShouldBeGreaterThanOrEqualTo(128);
        drawn.ToString().ShouldNotContain(drawn.Password);
    }
}
