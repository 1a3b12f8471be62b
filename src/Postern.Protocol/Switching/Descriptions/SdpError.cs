namespace Postern.Protocol.Switching.Descriptions;

/// <summary>Why a text is no SDP that we can use; <see cref="None"/> where it is.</summary>
public enum SdpError : byte
{
    None,

    /// <summary>Larger than <see cref="SdpText.MaximumLength"/>, or with more lines than <see cref="SdpText.MaximumLines"/>.</summary>
    TooLarge,

    /// <summary>It does not begin with v=0, or a line is not LETTER=VALUE.</summary>
    NotSdp,

    /// <summary>No section for SCTP over DTLS, or it was refused with port 0.</summary>
    NoDataChannel,

    /// <summary>No usable ICE credentials (RFC 8839 §5.4).</summary>
    NoIceCredentials,

    /// <summary>No SHA-256 certificate fingerprint (RFC 8122 §5).</summary>
    NoFingerprint,

    /// <summary>A setup role that does not fit an offer or answer (RFC 8842 §5).</summary>
    BadSetup,

    /// <summary>Another field is out of its rule.</summary>
    BadField,
}
