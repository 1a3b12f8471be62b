using Postern.Protocol.Stun;

namespace Postern.Protocol.Nat;

/// <summary>What a Binding request asks for beyond its mapped address (RFC 5780 §7.2, §7.5, §7.6), and the error it deserves.</summary>
internal readonly ref struct BindingRequest
{
    public const int UnknownLimit = 16;
    private const uint ChangeAddressFlag = 4;
    private const uint ChangePortFlag = 2;

    // Credentials are understood and not asked for: the Binding usage has none (RFC 8489 §12).
    private static readonly StunAttributeType[] Known =
    [
        StunAttributeType.ChangeRequest, StunAttributeType.ResponsePort, StunAttributeType.Padding,
        StunAttributeType.Username, StunAttributeType.UserHash, StunAttributeType.Realm, StunAttributeType.Nonce,
        StunAttributeType.PasswordAlgorithm, StunAttributeType.MessageIntegrity, StunAttributeType.MessageIntegritySha256,
    ];

    private BindingRequest(bool changesAddress, bool changesPort, ushort responsePort, int padding, int error)
    {
        ChangesAddress = changesAddress;
        ChangesPort = changesPort;
        ResponsePort = responsePort;
        Padding = padding;
        Error = error;
    }

    public bool ChangesAddress { get; }

    public bool ChangesPort { get; }

    /// <summary>0 where the answer goes to the port that asked.</summary>
    public ushort ResponsePort { get; }

    /// <summary>Length of PADDING, -1 where absent.</summary>
    public int Padding { get; }

    /// <summary>0, or the error code of the answer.</summary>
    public int Error { get; }

    public static BindingRequest Read(in StunMessage message, Span<StunAttributeType> unknown, out int unknownCount)
    {
        unknownCount = message.FindUnknown(Known, unknown);
        if (unknownCount > 0)
        {
            return new(false, false, 0, -1, StunErrorCode.UnknownAttribute);
        }

        ushort responsePort = 0;
        var padding = message.TryGet(StunAttributeType.Padding, out var filler) ? filler.Length : -1;
        var isSound = (!message.Has(StunAttributeType.ChangeRequest) | message.TryGetUInt32(StunAttributeType.ChangeRequest, out var flags))
            && (!message.Has(StunAttributeType.ResponsePort) || (message.TryGetUInt16(StunAttributeType.ResponsePort, out responsePort) && responsePort != 0))
            && (padding < 0 || responsePort == 0); // RFC 5780 §6.1: PADDING with RESPONSE-PORT is a 400
        return isSound
            ? new((flags & ChangeAddressFlag) != 0, (flags & ChangePortFlag) != 0, responsePort, padding, 0)
            : new(false, false, 0, -1, StunErrorCode.BadRequest);
    }
}
