namespace Postern.Protocol.Stun.Credentials;

/// <summary>How the key is made from username, realm and password (RFC 8489 §18.5).</summary>
public enum PasswordAlgorithm : ushort
{
    Md5 = 1,
    Sha256 = 2,
}
