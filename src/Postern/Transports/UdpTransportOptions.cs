namespace Postern.Transports;

/// <summary>How much room a UDP socket has.</summary>
internal sealed record UdpTransportOptions
{
    /// <summary>For sockets that carry data.</summary>
    public static readonly UdpTransportOptions Usual = new() { LargestDatagram = 65536, KernelBuffer = 4 << 20 };

    /// <summary>For sockets of which there may be hundreds, and which carry a few small datagrams each, if any.</summary>
    public static readonly UdpTransportOptions Spare = new() { LargestDatagram = 2048 };

    /// <summary>Bytes; what is longer is cut.</summary>
    public required int LargestDatagram { get; init; }

    /// <summary>Bytes in the kernel for each direction, capped at net.core.rmem_max and wmem_max; 0 leaves the system's default.</summary>
    public int KernelBuffer { get; init; }
}
