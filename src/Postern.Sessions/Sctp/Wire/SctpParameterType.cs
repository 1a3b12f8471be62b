namespace Postern.Sessions.Sctp;

/// <summary>Parameters of INIT and INIT ACK (RFC 9260 §3.3.2.1, RFC 3758 §3.1) and of RE-CONFIG (RFC 6525 §4).</summary>
public enum SctpParameterType : ushort
{
    HeartbeatContent = 1,
    Ipv4Address = 5,
    Ipv6Address = 6,
    StateCookie = 7,
    UnrecognizedParameter = 8,
    CookiePreservative = 9,
    HostNameAddress = 11,
    SupportedAddressTypes = 12,
    OutgoingResetRequest = 13,
    IncomingResetRequest = 14,
    AssociationResetRequest = 15,
    ReconfigResponse = 16,
    AddOutgoingStreams = 17,
    AddIncomingStreams = 18,
    SupportedExtensions = 0x8008,
    ForwardTsnSupported = 0xC000,
}
