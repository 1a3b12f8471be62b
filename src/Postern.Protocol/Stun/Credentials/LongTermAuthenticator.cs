using System.Text;
using Postern.Protocol.Net;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>
/// The server's side of the long-term credential mechanism (RFC 8489 §9.2.4). It remembers nothing of those whom it has not
/// yet authenticated: nonces are sealed, not stored.
/// </summary>
public sealed class LongTermAuthenticator
{
    // RFC 8489 §14.3: USERNAME has fewer than 509 bytes.
    private const int MaximumUsername = 508;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly StunUser Nobody = new("", ["-"]);

    private readonly LongTermOptions _options;
    private readonly NonceMint _nonces;
    private readonly byte[] _realm;

    public LongTermAuthenticator(IRandom random, LongTermOptions options)
    {
        _options = options;
        _realm = Encoding.UTF8.GetBytes(options.Realm);
        var secret = new byte[32];
        random.Fill(secret);
        Features = SecurityFeatures.PasswordAlgorithms | (options.Users.KnowsHashes ? SecurityFeatures.UserAnonymity : 0);
        _nonces = new(options.NonceSecret ?? secret, Features, (long)options.NonceLifetime.TotalSeconds);
    }

    public SecurityFeatures Features { get; }

    /// <summary>Adds REALM, NONCE and PASSWORD-ALGORITHMS, as 401 and 438 need them.</summary>
    public void AddChallenge(ref StunWriter writer, Endpoint client, Instant now)
    {
        Span<byte> nonce = stackalloc byte[NonceMint.Size];
        _nonces.Write(nonce, client, _options.UnixSeconds(now));
        writer.Add(StunAttributeType.Realm, _realm);
        writer.Add(StunAttributeType.Nonce, nonce);
        writer.Add(StunAttributeType.PasswordAlgorithms, PasswordAlgorithms.Offered);
    }

    /// <summary>Judges in the RFC's order; an expired user is authentic, and the caller's to refuse.</summary>
    public Authentication Authenticate(in StunMessage request, Endpoint client, Instant now)
    {
        if (!request.HasMessageIntegrity && !request.HasMessageIntegritySha256)
        {
            return Authentication.Failed(StunErrorCode.Unauthenticated);
        }

        if (!request.TryGet(StunAttributeType.Nonce, out var nonce)
            || !request.TryGet(StunAttributeType.Realm, out var realm)
            || !(request.Has(StunAttributeType.Username) || request.Has(StunAttributeType.UserHash)))
        {
            return Authentication.Failed(StunErrorCode.BadRequest);
        }

        if (!TryReadAlgorithm(request, out var algorithm))
        {
            return Authentication.Failed(StunErrorCode.BadRequest);
        }

        var known = TryFindUser(request, out var user);
        if (!TryVerify(request, known ? user : Nobody, algorithm, out var authentication) || !known || !realm.SequenceEqual(_realm))
        {
            return Authentication.Failed(StunErrorCode.Unauthenticated);
        }

        return _nonces.IsValid(nonce, client, _options.UnixSeconds(now)) ? authentication : Authentication.Failed(StunErrorCode.StaleNonce);
    }

    // RFC 8489 §9.2.4: neither attribute means MD5; one alone, a list that is not ours or an algorithm outside it is a bid-down.
    private static bool TryReadAlgorithm(in StunMessage request, out PasswordAlgorithm algorithm)
    {
        algorithm = PasswordAlgorithm.Md5;
        var hasList = request.TryGet(StunAttributeType.PasswordAlgorithms, out var list);
        var hasOne = request.TryGet(StunAttributeType.PasswordAlgorithm, out var one);
        return (!hasList && !hasOne)
            || (hasList && hasOne && list.SequenceEqual(PasswordAlgorithms.Offered) && PasswordAlgorithms.TryRead(one, out algorithm));
    }

    private bool TryFindUser(in StunMessage request, out StunUser user)
    {
        user = Nobody;
        StunUser? found = null;
        if (request.TryGet(StunAttributeType.UserHash, out var hash))
        {
            _ = Features.HasFlag(SecurityFeatures.UserAnonymity) && _options.Users.TryFindByHash(hash, out found);
        }
        else if (request.TryGet(StunAttributeType.Username, out var bytes) && TryDecode(bytes, out var name))
        {
            _ = _options.Users.TryFind(name, out found);
        }

        user = found ?? Nobody;
        return found is not null;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string name)
    {
        name = "";
        if (bytes.Length is 0 or > MaximumUsername || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        name = StrictUtf8.GetString(bytes);
        return true;
    }

    private bool TryVerify(in StunMessage request, StunUser user, PasswordAlgorithm algorithm, out Authentication authentication)
    {
        foreach (var password in user.Passwords)
        {
            var key = algorithm == PasswordAlgorithm.Sha256
                ? StunKey.LongTermSha256(user.Username, _options.Realm, password)
                : StunKey.LongTerm(user.Username, _options.Realm, password);
            if (request.HasMessageIntegritySha256 ? request.VerifyIntegritySha256(key) : request.VerifyIntegrity(key))
            {
                authentication = new(0, user, key, request.HasMessageIntegritySha256);
                return true;
            }
        }

        authentication = default;
        return false;
    }
}
