namespace Postern.Protocol.Ice;

/// <summary>Who nominates (RFC 8445 §6.1.1).</summary>
public enum IceRole : byte
{
    Controlling,
    Controlled,
}
