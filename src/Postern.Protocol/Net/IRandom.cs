namespace Postern.Protocol.Net;

/// <summary>The only source of randomness below floor 2: the system's in production, a seed in tests.</summary>
public interface IRandom
{
    /// <summary>Fills with bytes that an adversary cannot predict (in production).</summary>
    void Fill(Span<byte> bytes);
}
