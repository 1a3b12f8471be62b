using System.Text;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Sessions.Sctp;

namespace Postern.Sessions.Calls;

/// <summary>The offer and the answer of one call: what we say, and whether what the other side says is to be believed.</summary>
internal sealed class Negotiation(CallOptions options, IRandom random)
{
    /// <summary>The version of what two Posterns know of each other beyond the standards: 2 weighs who climbs where both NATs count.</summary>
    private const int PosternVersion = 2;

    private string? _offerHash;

    /// <summary>What we have sent; null before.</summary>
    public SessionDescription? Local { get; private set; }

    /// <summary>What the other side has sent and we have believed; null before.</summary>
    public SessionDescription? Remote { get; private set; }

    /// <summary>Whether the other side is a Postern too.</summary>
    public bool IsPostern => Remote is { Postern: > 0 };

    /// <summary>Whether it weighs who climbs where both NATs count, as we do; before, the caller did in any case.</summary>
    public static bool ChoosesRoles(SessionDescription remote) => remote.Postern >= 2;

    /// <summary>What the other side's description says of its NAT; null where it says nothing, or nonsense.</summary>
    public NatReport? RemoteNat => Remote?.NatReport is { } json && NatReportJson.TryRead(Encoding.UTF8.GetBytes(json.ToString()), out var report) ? report : null;

    /// <summary>
    /// The answerer chooses (RFC 8842 §5.3). Towards a foreign peer it is active, as browsers are. Between Posterns the caller is:
    /// its pair is valid half a round trip before the callee's, and it has the answer by then.
    /// </summary>
    public bool IsDtlsClient => options.Role == CallRole.Callee
        ? !IsPostern && Remote?.Setup is not DtlsSetup.Active
        : Remote?.Setup is DtlsSetup.Passive;

    /// <summary>Makes and signs the offer or the answer.</summary>
    public SessionDescription Describe(IceCredentials credentials, NatReport? nat, ReadOnlySpan<byte> sctpInit, IReadOnlyList<string> candidates, bool complete, Instant now)
    {
        var isOffer = options.Role == CallRole.Caller;
        var foreign = Remote is { Postern: 0 };
        var description = new SessionDescription
        {
            Kind = isOffer ? SignalKind.Offer : SignalKind.Answer,
            Session = options.Session,
            From = options.LocalName,
            To = options.RemoteName,
            IceUfrag = credentials.UsernameFragment,
            IcePwd = credentials.Password,
            Fingerprint = options.Certificate.Fingerprint.ToString(),
            Setup = isOffer ? DtlsSetup.Actpass : IsDtlsClient ? DtlsSetup.Active : DtlsSetup.Passive,
            MaxMessageSize = new SctpOptions().MaximumIncomingMessageSize,
            SctpInit = foreign ? null : Convert.ToBase64String(sctpInit),
            Renomination = true,
            Postern = PosternVersion,
            Mid = Remote?.Mid ?? "0",
            Candidates = candidates,
            CandidatesComplete = complete,
            NatReport = nat is { } report ? new OpaqueJson(Encoding.UTF8.GetString(NatReportJson.Write(report))) : null,
            Probe = options.Probe,
            Nonce = isOffer ? SessionDescription.NewId(random) : "",
            Issued = UnixMilliseconds(now),
            AnswerTo = isOffer ? null : _offerHash,
        };
        if (options.Identity is { } identity && !foreign)
        {
            description = SignedDescription.Sign(description, identity);
            _offerHash = isOffer ? SignedDescription.Hash(description, identity.PublicKey) : _offerHash;
        }

        return Local = description;
    }

    /// <summary>Takes the other side's description where it is what it must be; otherwise says what is wrong with it.</summary>
    public CallFailure Accept(SessionDescription remote, out string reason)
    {
        if (remote.IsOffer != (options.Role == CallRole.Callee))
        {
            reason = DescriptionError.WrongKind.Sentence();
            return CallFailure.WrongIdentity;
        }

        if (options.RemoteKey is { } keyOf)
        {
            if (keyOf() is not { } key)
            {
                reason = "Nobody has said which key the other side signs with.";
                return CallFailure.WrongIdentity;
            }

            var kind = options.Role == CallRole.Caller ? SignalKind.Answer : SignalKind.Offer;
            var expected = new ExpectedDescription(
                kind, options.Session, options.RemoteName, options.LocalName, key, kind == SignalKind.Answer ? _offerHash : null);
            var error = SignedDescription.Verify(remote, expected);
            if (error != DescriptionError.None)
            {
                reason = error.Sentence();
                return error is DescriptionError.Replayed or DescriptionError.Stale ? CallFailure.Replayed : CallFailure.WrongIdentity;
            }

            if (remote.IsOffer)
            {
                _offerHash = SignedDescription.Hash(remote, key);
            }
        }

        Remote = remote;
        reason = "";
        return CallFailure.None;
    }

    private long UnixMilliseconds(Instant now) => (options.Epoch + (now - Instant.Zero)).ToUnixTimeMilliseconds();
}
