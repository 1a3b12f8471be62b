namespace Postern.Lab.Boxes;

/// <summary>Which packets keep a mapping alive (RFC 4787 §4.3).</summary>
public enum Refreshing : byte
{
    Outbound,
    Inbound,
    Both,
}
