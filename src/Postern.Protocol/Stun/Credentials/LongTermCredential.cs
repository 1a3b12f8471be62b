using System.Text;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>
/// The client's side of the long-term credential mechanism (RFC 8489 §9.2): learns realm, nonce and algorithms from the
/// server's challenge, signs requests, verifies responses. One object serves all requests to one server.
/// </summary>
public sealed class LongTermCredential(string username, string password)
{
    // RFC 8489 §14.9, §14.10: fewer than 128 characters, which can be 763 bytes.
    private const int MaximumText = 763;

    private byte[] _realm = [];
    private byte[] _nonce = [];
    private byte[] _offered = [];
    private byte[] _userHash = [];
    private byte[] _key = [];
    private PasswordAlgorithm _algorithm = PasswordAlgorithm.Md5;

    public string Username { get; } = username;

    /// <summary>Whether a challenge was learnt, so that requests can be signed.</summary>
    public bool IsChallenged => _nonce.Length > 0;

    public string Realm => Encoding.UTF8.GetString(_realm);

    /// <summary>Counts the challenges learnt: requests are signed under the latest, 0 stands for none.</summary>
    public int Generation { get; private set; }

    /// <summary>The algorithm of the key; MESSAGE-INTEGRITY-SHA256 is used wherever the server offered algorithms.</summary>
    public PasswordAlgorithm Algorithm => _algorithm;

    public SecurityFeatures Features { get; private set; }

    private bool SignsSha256 => _offered.Length > 0;

    /// <summary>
    /// Takes a 401 or 438 (RFC 8489 §9.2.5). Never says Retry to the same thing twice: a signed request is retried after a 401
    /// only in another realm, and after a 438 only with another nonce. The caller counts: one retry of each kind a request.
    /// </summary>
    /// <param name="error">The error response.</param>
    /// <param name="signedUnder">The <see cref="Generation"/> under which the request was signed; 0 where it was not.</param>
    public ChallengeVerdict Learn(in StunMessage error, int signedUnder)
    {
        if (!error.TryGetErrorCode(out var code, out _)
            || !error.TryGet(StunAttributeType.Nonce, out var nonce) || nonce.Length is 0 or > MaximumText
            || !error.TryGet(StunAttributeType.Realm, out var realm) || realm.Length is 0 or > MaximumText)
        {
            return ChallengeVerdict.Ignored;
        }

        var features = NonceCookie.Read(nonce);
        var offersAlgorithms = error.TryGet(StunAttributeType.PasswordAlgorithms, out var offered);
        if (features.HasFlag(SecurityFeatures.PasswordAlgorithms) != offersAlgorithms && !offersAlgorithms)
        {
            return ChallengeVerdict.Ignored; // bid-down: the nonce promises algorithms that somebody took away (RFC 8489 §9.2.1)
        }

        var algorithm = PasswordAlgorithm.Md5;
        if (features.HasFlag(SecurityFeatures.PasswordAlgorithms) && !PasswordAlgorithms.TryChoose(offered, out algorithm))
        {
            return ChallengeVerdict.Refused;
        }

        // Several requests at once grow stale together: a challenge to an older generation is no refusal of the present one.
        if (signedUnder != 0 && signedUnder == Generation && (code == StunErrorCode.StaleNonce ? nonce.SequenceEqual(_nonce) : realm.SequenceEqual(_realm)))
        {
            return ChallengeVerdict.Refused;
        }

        Keep(realm, nonce, features, features.HasFlag(SecurityFeatures.PasswordAlgorithms) ? offered : default, algorithm);
        return ChallengeVerdict.Retry;
    }

    /// <summary>Adds who we are and the integrity attribute; only FINGERPRINT may follow. Misuse before a challenge throws.</summary>
    public void Sign(ref StunWriter writer)
    {
        if (!IsChallenged)
        {
            throw new InvalidOperationException("No challenge was learnt yet.");
        }

        if (_userHash.Length > 0)
        {
            writer.Add(StunAttributeType.UserHash, _userHash);
        }
        else
        {
            writer.AddText(StunAttributeType.Username, Username);
        }

        writer.Add(StunAttributeType.Realm, _realm);
        writer.Add(StunAttributeType.Nonce, _nonce);
        if (SignsSha256)
        {
            // RFC 8489 §9.2.5: the list comes back as it was, so that the server sees a bid-down.
            writer.Add(StunAttributeType.PasswordAlgorithms, _offered);
            writer.Add(StunAttributeType.PasswordAlgorithm, [0, (byte)_algorithm, 0, 0]);
            writer.AddIntegritySha256(_key);
        }
        else
        {
            writer.AddIntegrity(_key);
        }
    }

    /// <summary>Whether the response to a signed request is the server's (RFC 8489 §9.2.5): same kind of integrity as the request's.</summary>
    public bool Verify(in StunMessage response) =>
        IsChallenged && (SignsSha256 ? response.VerifyIntegritySha256(_key) : response.VerifyIntegrity(_key));

    /// <summary>Forgets the challenge: another server asks anew (RFC 8489 §10).</summary>
    public void Forget()
    {
        _nonce = [];
        _realm = [];
        _key = [];
    }

    private void Keep(ReadOnlySpan<byte> realm, ReadOnlySpan<byte> nonce, SecurityFeatures features, ReadOnlySpan<byte> offered, PasswordAlgorithm algorithm)
    {
        if (_key.Length == 0 || algorithm != _algorithm || !realm.SequenceEqual(_realm))
        {
            var text = Encoding.UTF8.GetString(realm);
            _key = algorithm == PasswordAlgorithm.Sha256 ? StunKey.LongTermSha256(Username, text, password) : StunKey.LongTerm(Username, text, password);
            _userHash = [];
        }

        _realm = realm.ToArray();
        _nonce = nonce.ToArray();
        _offered = offered.ToArray();
        _algorithm = algorithm;
        Features = features;
        Generation++;
        if (!features.HasFlag(SecurityFeatures.UserAnonymity))
        {
            _userHash = [];
        }
        else if (_userHash.Length == 0)
        {
            _userHash = StunKey.UserHash(Username, Realm);
        }
    }
}
