namespace Postern.Sessions.Dtls.Messages;

/// <summary>The hello extensions that we know.</summary>
internal enum ExtensionType : ushort
{
    /// <summary>RFC 8422 §5.1.1.</summary>
    SupportedGroups = 10,

    /// <summary>RFC 8422 §5.1.2.</summary>
    PointFormats = 11,

    /// <summary>RFC 5246 §7.4.1.4.1.</summary>
    SignatureAlgorithms = 13,

    /// <summary>RFC 5764 §4.1.1.</summary>
    UseSrtp = 14,

    /// <summary>RFC 7627 §5.1.</summary>
    ExtendedMasterSecret = 23,

    /// <summary>RFC 5746 §3.2.</summary>
    RenegotiationInfo = 0xFF01,
}
