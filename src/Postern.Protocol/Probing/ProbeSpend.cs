using System.Security.Cryptography;
using Postern.Protocol.Net;

namespace Postern.Protocol.Probing;

/// <summary>A destination port that was opened.</summary>
/// <param name="Target">Stands for the address without naming it: the first 8 bytes of its SHA-256; 0 for servers of ours.</param>
/// <param name="Port">The port.</param>
/// <param name="At">When.</param>
public readonly record struct ProbeSpend(ulong Target, ushort Port, Instant At)
{
    /// <summary>A port of a server of ours, at whatever address.</summary>
    public static ProbeSpend OfServer(ushort port, Instant now) => new(0, port, now);

    /// <summary>Nobody paid for it, and it belongs to a chain all the same.</summary>
    public bool IsServer => Target == 0; // a hash is that once in 2⁶⁴

    /// <summary>What xt_psd counts for the port, and Sophos UTM for its traps.</summary>
    public int Weight => Port is 11 or 12 or 13 or 2000 ? 10 : Port < 1024 ? 3 : 1;

    public static ProbeSpend Of(Endpoint destination, Instant now) => new(TargetOf(destination.Address), destination.Port, now);

    public static ulong TargetOf(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..address.Write(bytes)], hash);
        return BitConverter.ToUInt64(hash);
    }
}
