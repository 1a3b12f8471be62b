using System.Text;

namespace Postern;

/// <summary>One whole message as it was sent.</summary>
/// <param name="IsText">Whether the sender sent text (RFC 8831 §6.6).</param>
/// <param name="Bytes">The payload; UTF-8 where it is text.</param>
public readonly record struct Message(bool IsText, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The payload as text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}
