using System.Buffers.Binary;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>A received Binding request with ICE's attributes (RFC 8445 §7.1), and the writing of requests and answers.</summary>
internal readonly record struct ConnectivityCheck
{
    private const int NominationSize = 4;
    private const uint NominationMask = 0xFF_FFFF; // draft-thatcher-ice-renomination: 24 bits

    public uint? Priority { get; private init; }

    public bool UseCandidate { get; private init; }

    /// <summary>0 where absent.</summary>
    public uint Nomination { get; private init; }

    /// <summary>What the sender takes itself for; null where it says nothing.</summary>
    public IceRole? Role { get; private init; }

    public ulong Tiebreaker { get; private init; }

    /// <summary>The first comprehension-required attribute that no Binding request of ICE has (RFC 8489 §6.3.1); 0 for none.</summary>
    public StunAttributeType Unknown { get; private init; }

    public static ConnectivityCheck Read(in StunMessage request)
    {
        IceRole? role = null;
        if (request.TryGetUInt64(StunAttributeType.IceControlling, out var tiebreaker))
        {
            role = IceRole.Controlling;
        }
        else if (request.TryGetUInt64(StunAttributeType.IceControlled, out tiebreaker))
        {
            role = IceRole.Controlled;
        }

        return new()
        {
            Priority = request.TryGetUInt32(StunAttributeType.Priority, out var priority) && CandidatePriority.IsValid(priority) ? priority : null,
            UseCandidate = request.Has(StunAttributeType.UseCandidate),
            Nomination = request.TryGet(StunAttributeType.Nomination, out var value) && value.Length == NominationSize
                ? BinaryPrimitives.ReadUInt32BigEndian(value) & NominationMask
                : 0,
            Role = role,
            Tiebreaker = tiebreaker,
            Unknown = FirstUnknown(request),
        };
    }

    /// <summary>The first required attribute that neither RFC 8489 nor RFC 8445 puts into a Binding request or its response.</summary>
    public static StunAttributeType FirstUnknown(in StunMessage message)
    {
        foreach (var field in message.Fields)
        {
            if (field.IsComprehensionRequired && field.Type is not (
                StunAttributeType.Username or StunAttributeType.Realm or StunAttributeType.Nonce or StunAttributeType.ErrorCode
                or StunAttributeType.UnknownAttributes or StunAttributeType.MappedAddress or StunAttributeType.XorMappedAddress
                or StunAttributeType.Priority or StunAttributeType.UseCandidate))
            {
                return field.Type;
            }
        }

        return default;
    }

    /// <summary>Writes any outgoing message and returns its length.</summary>
    public static int Write(Span<byte> buffer, in Outgoing outgoing, ulong tiebreaker) => outgoing.Kind switch
    {
        OutgoingKind.Request => WriteRequest(buffer, outgoing, tiebreaker),
        OutgoingKind.Success => WriteSuccess(buffer, outgoing),
        _ => WriteError(buffer, outgoing),
    };

    private static int WriteRequest(Span<byte> buffer, in Outgoing outgoing, ulong tiebreaker)
    {
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, outgoing.Check.Id);
        writer.Add(StunAttributeType.Username, outgoing.Generation.CheckUsername);
        writer.AddUInt32(StunAttributeType.Priority, outgoing.Priority);
        writer.AddUInt64(outgoing.Check.Role == IceRole.Controlling ? StunAttributeType.IceControlling : StunAttributeType.IceControlled, tiebreaker);
        if (outgoing.Check.UseCandidate)
        {
            writer.AddFlag(StunAttributeType.UseCandidate);
            if (outgoing.Check.Nomination != 0)
            {
                writer.AddUInt32(StunAttributeType.Nomination, outgoing.Check.Nomination & NominationMask);
            }
        }

        writer.AddIntegrity(outgoing.Generation.RemoteKey);
        writer.AddFingerprint();
        return writer.Length;
    }

    private static int WriteSuccess(Span<byte> buffer, in Outgoing outgoing)
    {
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, outgoing.Check.Id);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, outgoing.Destination);
        writer.AddIntegrity(outgoing.Generation.LocalKey);
        writer.AddFingerprint();
        return writer.Length;
    }

    private static int WriteError(Span<byte> buffer, in Outgoing outgoing)
    {
        var writer = new StunWriter(buffer, StunClass.Error, StunMethod.Binding, outgoing.Check.Id);
        writer.AddErrorCode(outgoing.ErrorCode);
        if (outgoing.Unknown != default)
        {
            writer.AddUnknownAttributes(new[] { outgoing.Unknown });
        }

        if (!outgoing.IsUnsigned)
        {
            writer.AddIntegrity(outgoing.Generation.LocalKey);
        }

        writer.AddFingerprint();
        return writer.Length;
    }
}
