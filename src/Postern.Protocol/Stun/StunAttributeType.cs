namespace Postern.Protocol.Stun;

/// <summary>Attribute types (IANA, STUN Attributes). Below 0x8000 comprehension is required (RFC 8489 §14).</summary>
public enum StunAttributeType : ushort
{
    // RFC 8489 §18.3, comprehension-required
    MappedAddress = 0x0001,
    Username = 0x0006,
    MessageIntegrity = 0x0008,
    ErrorCode = 0x0009,
    UnknownAttributes = 0x000A,
    Realm = 0x0014,
    Nonce = 0x0015,
    MessageIntegritySha256 = 0x001C,
    PasswordAlgorithm = 0x001D,
    UserHash = 0x001E,
    XorMappedAddress = 0x0020,

    // RFC 8489 §18.3, comprehension-optional
    PasswordAlgorithms = 0x8002,
    AlternateDomain = 0x8003,
    Software = 0x8022,
    AlternateServer = 0x8023,
    Fingerprint = 0x8028,

    // RFC 3489, of which only an answer to an old client still speaks
    ResponseAddress = 0x0002,
    SourceAddress = 0x0004,
    ChangedAddress = 0x0005,
    Password = 0x0007,
    ReflectedFrom = 0x000B,

    // RFC 5780 §7
    ChangeRequest = 0x0003,
    Padding = 0x0026,
    ResponsePort = 0x0027,
    CacheTimeout = 0x8027,
    ResponseOrigin = 0x802B,
    OtherAddress = 0x802C,

    // RFC 8656 §18
    ChannelNumber = 0x000C,
    Lifetime = 0x000D,
    XorPeerAddress = 0x0012,
    Data = 0x0013,
    XorRelayedAddress = 0x0016,
    RequestedAddressFamily = 0x0017,
    EvenPort = 0x0018,
    RequestedTransport = 0x0019,
    DontFragment = 0x001A,
    ReservationToken = 0x0022,
    AdditionalAddressFamily = 0x8000,
    AddressErrorCode = 0x8001,
    Icmp = 0x8004,

    // RFC 6062
    ConnectionId = 0x002A,

    // RFC 8016
    MobilityTicket = 0x8030,

    // RFC 7635
    AccessToken = 0x001B,
    ThirdPartyAuthorization = 0x802E,

    // RFC 8445 §16.1
    Priority = 0x0024,
    UseCandidate = 0x0025,
    IceControlled = 0x8029,
    IceControlling = 0x802A,

    // RFC 7982
    TransactionTransmitCounter = 0x8025,

    /// <summary>draft-thatcher-ice-renomination; libwebrtc's number, though IANA lists it as ENF-FLOW-DESCRIPTION.</summary>
    Nomination = 0xC001,

    /// <summary>Postern's own, unregistered: the other port at the same address of a server that has no second address.</summary>
    SecondPort = 0xFE51,
}
