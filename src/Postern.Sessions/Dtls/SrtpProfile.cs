namespace Postern.Sessions.Dtls;

/// <summary>SRTP protection profiles (RFC 5764 §4.1.2, RFC 7714).</summary>
public enum SrtpProfile : ushort
{
    /// <summary>SRTP_AES128_CM_HMAC_SHA1_80.</summary>
    Aes128CmHmacSha1With80 = 0x0001,

    /// <summary>SRTP_AEAD_AES_128_GCM.</summary>
    AeadAes128Gcm = 0x0007,
}
