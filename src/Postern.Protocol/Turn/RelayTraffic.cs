using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>Payloads relayed in one direction; sessions' data apart from checks and keep-alives, which are STUN (RFC 7983 §7: first byte 0 to 3).</summary>
public record struct RelayTraffic
{
    public long DataPackets { get; private set; }

    public long DataBytes { get; private set; }

    public long CheckPackets { get; private set; }

    public long CheckBytes { get; private set; }

    internal void Count(ReadOnlySpan<byte> payload)
    {
        if (StunMessage.LooksLikeStun(payload))
        {
            CheckPackets++;
            CheckBytes += payload.Length;
        }
        else
        {
            DataPackets++;
            DataBytes += payload.Length;
        }
    }
}
