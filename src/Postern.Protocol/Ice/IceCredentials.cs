using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>The fragment and password under which one side's checks are verified (RFC 8445 §5.3, RFC 8839 §5.4).</summary>
public sealed record IceCredentials
{
    /// <summary>RFC 8839 §5.4: at most 256 characters each.</summary>
    public const int MaximumLength = 256;

    private const int DrawnFragmentLength = 8;   // 48 bits; RFC 8445 §5.3 asks for at least 24
    private const int DrawnPasswordLength = 24;  // 144 bits; RFC 8445 §5.3 asks for at least 128

    /// <summary>Throws <see cref="ArgumentException"/> where <see cref="TryCreate"/> is false.</summary>
    public IceCredentials(string usernameFragment, string password)
    {
        if (!AreValid(usernameFragment, password))
        {
            throw new ArgumentException("RFC 8839 §5.4 asks for 4 to 256 and 22 to 256 ice-chars.");
        }

        UsernameFragment = usernameFragment;
        Password = password;
    }

    public string UsernameFragment { get; }

    public string Password { get; }

    /// <summary>False where the texts, which come from the network, are not of RFC 8839 §5.4.</summary>
    public static bool TryCreate(string usernameFragment, string password, out IceCredentials? credentials)
    {
        credentials = AreValid(usernameFragment, password) ? new(usernameFragment, password) : null;
        return credentials is not null;
    }

    public static IceCredentials Draw(IRandom random) => new(random.NextText(DrawnFragmentLength), random.NextText(DrawnPasswordLength));

    /// <summary>Says nothing of the password.</summary>
    public override string ToString() => UsernameFragment;

    internal static bool AreIceCharacters(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_' or '='))
            {
                return false; // RFC 8839 §5.4, and three characters that some agents use beside it
            }
        }

        return true;
    }

    private static bool AreValid(string usernameFragment, string password) =>
        usernameFragment.Length is >= 4 and <= MaximumLength && password.Length is >= 22 and <= MaximumLength
        && AreIceCharacters(usernameFragment) && AreIceCharacters(password);
}
