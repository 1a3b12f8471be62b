using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>A relay's error answers: signed to users, few and short to strangers.</summary>
internal sealed class RelayErrors(RelayState state)
{
    // As many as we name in one UNKNOWN-ATTRIBUTES.
    private const int MaximumNamed = 8;

    public AnswerBudget Budget { get; } = new(state.Options.UnauthenticatedBytesPerSecond, state.Options.UnauthenticatedBurst, state.Random.NextUInt64());

    /// <summary>Whether the request has an attribute that must be understood and is not (RFC 8489 §6.3.1).</summary>
    public static bool FindUnknown(in StunMessage message)
    {
        foreach (var field in message.Fields)
        {
            if (IsUnknown(field))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>400, 401 or 438 to somebody whose source address may be forged, unless a stream has proven it: within the budget of their network.</summary>
    public void RefuseStranger(in StunMessage message, FiveTuple tuple, int code, Instant now)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var writer = StunWriter.Respond(buffer, StunClass.Error, message);
        writer.AddErrorCode(code);
        if (code is StunErrorCode.Unauthenticated or StunErrorCode.StaleNonce)
        {
            state.Authenticator.AddChallenge(ref writer, tuple.Client, now);
            state.Stats.Challenges++;
        }
        else
        {
            state.Stats.Refused++;
        }

        if (message.HasFingerprint)
        {
            writer.AddFingerprint();
        }

        if (!tuple.IsStream && !Budget.TrySpend(tuple.Client.Address, message.Bytes.Length, writer.Length, now))
        {
            state.Stats.Withheld++;
        }
        else if (!state.Outbox.TryAdd(tuple.Server, tuple.Client, buffer[..writer.Length]))
        {
            state.Stats.Dropped++;
        }
    }

    public void Refuse(in RelayRequest request, int code)
    {
        Span<byte> buffer = stackalloc byte[512];
        var writer = StunWriter.Respond(buffer, StunClass.Error, request.Message);
        writer.AddErrorCode(code);
        if (code == StunErrorCode.UnknownAttribute)
        {
            AddUnknown(ref writer, request.Message);
        }

        state.Stats.Refused++;
        state.Send(request.Tuple, request.Credentials, ref writer, buffer);
    }

    private static void AddUnknown(ref StunWriter writer, in StunMessage message)
    {
        Span<StunAttributeType> unknown = stackalloc StunAttributeType[MaximumNamed];
        var count = 0;
        foreach (var field in message.Fields)
        {
            if (count < MaximumNamed && IsUnknown(field))
            {
                unknown[count++] = field.Type;
            }
        }

        writer.AddUnknownAttributes(unknown[..count]);
    }

    // DONT-FRAGMENT is unknown to us: the server then says so by 420 (RFC 8656 §7.2).
    private static bool IsUnknown(StunField field) => field.IsComprehensionRequired && field.Type is not (
        StunAttributeType.Username or StunAttributeType.UserHash or StunAttributeType.Realm or StunAttributeType.Nonce
        or StunAttributeType.PasswordAlgorithm or StunAttributeType.MessageIntegrity or StunAttributeType.MessageIntegritySha256
        or StunAttributeType.ChannelNumber or StunAttributeType.Lifetime or StunAttributeType.XorPeerAddress
        or StunAttributeType.RequestedAddressFamily or StunAttributeType.EvenPort or StunAttributeType.RequestedTransport
        or StunAttributeType.ReservationToken or StunAttributeType.Data);
}
