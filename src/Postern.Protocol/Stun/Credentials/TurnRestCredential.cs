using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>
/// A credential that a service mints for a while with a secret that it shares with the relay (draft-uberti-behave-turn-rest-00):
/// username <c>expiry:session:name</c>, password base64(HMAC-SHA1(secret, username)). coturn's <c>use-auth-secret</c> agrees.
/// </summary>
public sealed record TurnRestCredential(string Username, string Password)
{
    /// <summary>Mints; <paramref name="session"/> must have no colon.</summary>
    /// <param name="secret">What service and relay share.</param>
    /// <param name="session">The session it is good for; empty for none, which gives <c>expiry:name</c>.</param>
    /// <param name="name">Whom it is for.</param>
    /// <param name="expiresAt">Seconds since 1970.</param>
    public static TurnRestCredential Mint(string secret, string session, string name, long expiresAt)
    {
        if (session.Contains(':'))
        {
            throw new ArgumentException("A session's id must have no colon.", nameof(session));
        }

        var username = string.Create(CultureInfo.InvariantCulture, $"{expiresAt}:{(session.Length > 0 ? session + ":" : "")}{name}");
        return new(username, PasswordOf(secret, username));
    }

    public static string PasswordOf(string secret, string username) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username)));

    /// <summary>Reads <c>expiry</c>, <c>expiry:name</c> or <c>expiry:session:name</c>; says nothing about who minted it.</summary>
    public static bool TryParse(string username, out long expiresAt, out string session, out string name)
    {
        session = "";
        name = "";
        var colon = username.IndexOf(':');
        var first = colon < 0 ? username : username[..colon];
        if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out expiresAt))
        {
            return false;
        }

        name = colon < 0 ? "" : username[(colon + 1)..];
        var second = name.IndexOf(':');
        if (second >= 0)
        {
            session = name[..second];
            name = name[(second + 1)..];
        }

        return true;
    }

    public override string ToString() => $"{nameof(TurnRestCredential)} {{ Username = {Username} }}"; // the password stays out of logs
}
