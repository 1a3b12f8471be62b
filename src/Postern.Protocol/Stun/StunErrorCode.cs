namespace Postern.Protocol.Stun;

/// <summary>Error codes (IANA, STUN Error Codes) with the reason phrases of their RFCs.</summary>
public static class StunErrorCode
{
    public const int TryAlternate = 300;
    public const int BadRequest = 400;
    public const int Unauthenticated = 401;
    public const int Forbidden = 403;
    public const int MobilityForbidden = 405;
    public const int UnknownAttribute = 420;
    public const int AllocationMismatch = 437;
    public const int StaleNonce = 438;
    public const int AddressFamilyNotSupported = 440;
    public const int WrongCredentials = 441;
    public const int UnsupportedTransportProtocol = 442;
    public const int PeerAddressFamilyMismatch = 443;
    public const int ConnectionAlreadyExists = 446;
    public const int ConnectionTimeoutOrFailure = 447;
    public const int AllocationQuotaReached = 486;
    public const int RoleConflict = 487;
    public const int ServerError = 500;
    public const int InsufficientCapacity = 508;

    public static ReadOnlySpan<byte> Reason(int code) => code switch
    {
        TryAlternate => "Try Alternate"u8,
        BadRequest => "Bad Request"u8,
        Unauthenticated => "Unauthenticated"u8,
        Forbidden => "Forbidden"u8,
        MobilityForbidden => "Mobility Forbidden"u8,
        UnknownAttribute => "Unknown Attribute"u8,
        AllocationMismatch => "Allocation Mismatch"u8,
        StaleNonce => "Stale Nonce"u8,
        AddressFamilyNotSupported => "Address Family not Supported"u8,
        WrongCredentials => "Wrong Credentials"u8,
        UnsupportedTransportProtocol => "Unsupported Transport Protocol"u8,
        PeerAddressFamilyMismatch => "Peer Address Family Mismatch"u8,
        ConnectionAlreadyExists => "Connection Already Exists"u8,
        ConnectionTimeoutOrFailure => "Connection Timeout or Failure"u8,
        AllocationQuotaReached => "Allocation Quota Reached"u8,
        RoleConflict => "Role Conflict"u8,
        ServerError => "Server Error"u8,
        InsufficientCapacity => "Insufficient Capacity"u8,
        _ => "Error"u8,
    };
}
