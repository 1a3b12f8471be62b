using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>What an Allocate request asks for, checked in the order of RFC 8656 §7.2.</summary>
internal readonly record struct AllocateWish(bool V4, bool V6, bool IsV6Additional, bool Even, bool Pair, ulong? Token)
{
    private const byte ReserveNext = 0x80; // EVEN-PORT's R bit (RFC 8656 §18.7)

    /// <summary>0, or the error code.</summary>
    public static int Read(in StunMessage message, out AllocateWish wish)
    {
        wish = default;
        if (!message.TryGetUInt32(StunAttributeType.RequestedTransport, out var transport))
        {
            return StunErrorCode.BadRequest;
        }

        if (transport >> 24 != TurnConstants.Udp >> 24)
        {
            return StunErrorCode.UnsupportedTransportProtocol;
        }

        var hasFamily = message.TryGet(StunAttributeType.RequestedAddressFamily, out var family);
        var hasAdditional = message.TryGet(StunAttributeType.AdditionalAddressFamily, out var additional);
        var hasEven = message.TryGet(StunAttributeType.EvenPort, out var even);
        var hasToken = message.TryGet(StunAttributeType.ReservationToken, out var token);
        var pair = hasEven && even.Length == 1 && (even[0] & ReserveNext) != 0;
        if ((hasEven && even.Length != 1)
            || (hasToken && (token.Length != 8 || hasEven || hasFamily || hasAdditional))
            || (hasAdditional && (hasFamily || pair || additional.Length != 4 || additional[0] != 2))
            || (hasFamily && family.Length != 4))
        {
            return StunErrorCode.BadRequest;
        }

        if (hasFamily && family[0] is not (1 or 2))
        {
            return StunErrorCode.AddressFamilyNotSupported;
        }

        var v6Only = hasFamily && family[0] == 2;
        wish = new(!v6Only, v6Only || hasAdditional, hasAdditional, hasEven, pair,
            message.TryGetUInt64(StunAttributeType.ReservationToken, out var value) ? value : null);
        return 0;
    }
}
