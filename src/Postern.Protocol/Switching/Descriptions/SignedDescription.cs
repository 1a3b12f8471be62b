using System.Buffers.Text;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>
/// The signature that binds a DTLS certificate to a name. It covers every field but the candidates and the NAT report (which
/// change while the session runs, and can only lead astray, not in), the signer's own key, and in an answer the hash of the
/// whole offer: whoever forwards a description can drop it, but not alter, mix or re-address it.
/// </summary>
public static class SignedDescription
{
    /// <summary>Signs; the nonce and the time of issue must be set in an offer.</summary>
    public static SessionDescription Sign(SessionDescription description, PeerIdentity identity)
    {
        if (description.IsOffer && (description.Nonce.Length == 0 || description.Issued == 0))
        {
            throw new ArgumentException("An offer is signed with a nonce and the time of its issue.", nameof(description));
        }

        if (description.IsOffer == description.AnswerTo is not null)
        {
            throw new ArgumentException("An answer, and only an answer, says which offer it answers.", nameof(description));
        }

        return description with { Signature = identity.Sign(Content(description, identity.PublicKey).Bytes) };
    }

    /// <summary>SHA-256 of what was signed, in base64url: what an answer refers to.</summary>
    /// <param name="offer">The offer as it was signed.</param>
    /// <param name="offererKey">The key that signed it.</param>
    public static string Hash(SessionDescription offer, string offererKey) => Base64Url.EncodeToString(Content(offer, offererKey).Hash);

    /// <summary>Whether the description is what the expectation says, unaltered. Replays of offers are <see cref="OfferReplayGuard"/>'s.</summary>
    public static DescriptionError Verify(SessionDescription description, ExpectedDescription expected)
    {
        if (description.Kind != expected.Kind)
        {
            return DescriptionError.WrongKind;
        }

        if (description.Session != expected.Session)
        {
            return DescriptionError.WrongSession;
        }

        if (description.From != expected.From || description.To != expected.To)
        {
            return DescriptionError.WrongNames;
        }

        if (description.AnswerTo != expected.AnswerTo || (description.AnswerTo is null && !description.IsOffer))
        {
            return DescriptionError.WrongOffer;
        }

        return PeerKey.Verify(expected.Key, Content(description, expected.Key).Bytes, description.Signature)
            ? DescriptionError.None
            : DescriptionError.BadSignature;
    }

    private static SignedBytes Content(SessionDescription description, string key) => new SignedBytes("postern description 1")
        .Add(key)
        .Add((long)description.Kind)
        .Add(description.Session)
        .Add(description.From)
        .Add(description.To)
        .Add(description.IceUfrag)
        .Add(description.IcePwd)
        .Add(description.Fingerprint)
        .Add((long)description.Setup)
        .Add(description.SctpPort)
        .Add(description.MaxMessageSize)
        .Add(description.SctpInit)
        .Add(description.Renomination ? 1 : 0)
        .Add(description.Postern)
        .Add(description.Nonce)
        .Add(description.Issued)
        .Add(description.AnswerTo);
}
