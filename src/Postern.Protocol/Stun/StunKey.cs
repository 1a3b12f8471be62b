using System.Security.Cryptography;
using System.Text;

namespace Postern.Protocol.Stun;

/// <summary>
/// The keys under MESSAGE-INTEGRITY (RFC 8489 §9.1.1, §9.2.2, §18.5). Texts are prepared as <see cref="OpaqueString"/> says.
/// </summary>
public static class StunKey
{
    /// <summary>Short-term: the password itself, in UTF-8.</summary>
    public static byte[] ShortTerm(string password) => Encoding.UTF8.GetBytes(OpaqueString.Prepare(password));

    /// <summary>Long-term with the MD5 algorithm: MD5(username ":" realm ":" password).</summary>
    public static byte[] LongTerm(string username, string realm, string password) =>
        MD5.HashData(Joined(username, realm, password));

    /// <summary>Long-term with the SHA-256 algorithm: SHA-256(username ":" realm ":" password).</summary>
    public static byte[] LongTermSha256(string username, string realm, string password) =>
        SHA256.HashData(Joined(username, realm, password));

    /// <summary>USERHASH: SHA-256(username ":" realm) (RFC 8489 §14.4).</summary>
    public static byte[] UserHash(string username, string realm) => SHA256.HashData(Joined(username, realm));

    private static byte[] Joined(params ReadOnlySpan<string> texts)
    {
        var prepared = new string[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            prepared[i] = OpaqueString.Prepare(texts[i]);
        }

        return Encoding.UTF8.GetBytes(string.Join(':', prepared));
    }
}
