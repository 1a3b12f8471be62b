using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Nat;

/// <summary>Writes the answers of a <see cref="BindingServer"/>; each returns its length.</summary>
internal static class BindingAnswer
{
    private const int MaximumPadding = 1500; // RFC 5780 §7.6: about one MTU

    /// <param name="buffer">Where the answer is written.</param>
    /// <param name="message">The request.</param>
    /// <param name="mapped">The address that asked.</param>
    /// <param name="origin">The server's endpoint from which the answer leaves.</param>
    /// <param name="other">The endpoint that differs in address and port, or <see cref="Endpoint.None"/>.</param>
    /// <param name="secondPort">The other port of a server without a second address, or 0.</param>
    /// <param name="padding">The length of the request's PADDING, or -1.</param>
    public static int Full(Span<byte> buffer, in StunMessage message, Endpoint mapped, Endpoint origin, Endpoint other, ushort secondPort, int padding)
    {
        var writer = StunWriter.Respond(buffer, StunClass.Success, message);
        if (message.IsClassic)
        {
            writer.AddAddress(StunAttributeType.MappedAddress, mapped);
            writer.AddAddress(StunAttributeType.SourceAddress, origin); // RFC 3489 §11.2.5
            AddOther(ref writer, StunAttributeType.ChangedAddress, other);
            return writer.Length;
        }

        writer.AddXorAddress(StunAttributeType.XorMappedAddress, mapped);
        writer.AddAddress(StunAttributeType.MappedAddress, mapped); // RFC 5780 §6.1: both
        writer.AddAddress(StunAttributeType.ResponseOrigin, origin);
        AddOther(ref writer, StunAttributeType.OtherAddress, other);
        if (secondPort != 0)
        {
            writer.AddUInt16(StunAttributeType.SecondPort, secondPort);
        }

        if (padding >= 0)
        {
            Span<byte> filler = stackalloc byte[MaximumPadding];
            filler.Clear();
            writer.Add(StunAttributeType.Padding, filler[..Math.Min(padding, MaximumPadding)]); // never more than came in
        }

        return Seal(ref writer, message);
    }

    /// <summary>The mapped address and nothing else: the smallest answer that is one.</summary>
    public static int Lean(Span<byte> buffer, in StunMessage message, Endpoint mapped)
    {
        var writer = StunWriter.Respond(buffer, StunClass.Success, message);
        if (message.IsClassic)
        {
            writer.AddAddress(StunAttributeType.MappedAddress, mapped);
        }
        else
        {
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, mapped);
        }

        return Seal(ref writer, message);
    }

    public static int Error(Span<byte> buffer, in StunMessage message, int code, ReadOnlySpan<StunAttributeType> unknown)
    {
        var writer = StunWriter.Respond(buffer, StunClass.Error, message);
        writer.AddErrorCode(code);
        if (!unknown.IsEmpty)
        {
            writer.AddUnknownAttributes(unknown);
        }

        return Seal(ref writer, message);
    }

    private static void AddOther(ref StunWriter writer, StunAttributeType type, Endpoint other)
    {
        if (other != Endpoint.None)
        {
            writer.AddAddress(type, other);
        }
    }

    private static int Seal(ref StunWriter writer, in StunMessage message)
    {
        if (message.HasFingerprint)
        {
            writer.AddFingerprint();
        }

        return writer.Length;
    }
}
