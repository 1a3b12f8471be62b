using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>What a gateway answered over UDP port 5351.</summary>
/// <param name="Version">0 is NAT-PMP, 2 is PCP.</param>
/// <param name="Opcode">Of the request; the response bit is taken away.</param>
/// <param name="Result">0 is success; the meaning of others depends on the version.</param>
/// <param name="Lifetime">Seconds; of an error how long it will last.</param>
/// <param name="InternalPort">0 where the answer has none.</param>
/// <param name="ExternalPort">0 where the answer has none.</param>
/// <param name="External">The gateway's outer address; <see cref="IpAddress.Any"/> where the answer has none.</param>
/// <param name="Nonce">PCP's mapping nonce; zero where the answer has none.</param>
public readonly record struct PortMappingAnswer(
    byte Version, byte Opcode, ushort Result, uint Lifetime, ushort InternalPort, ushort ExternalPort, IpAddress External, UInt128 Nonce)
{
    /// <summary>False where the bytes are no answer of either protocol.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out PortMappingAnswer answer)
    {
        answer = default;
        return datagram.Length >= 4 && (datagram[1] & NatPmpMessage.ResponseBit) != 0 && datagram[0] switch
        {
            (byte)PortMappingProtocol.NatPmp => NatPmpMessage.TryParse(datagram, out answer),
            (byte)PortMappingProtocol.Pcp => PcpMessage.TryParse(datagram, out answer),
            _ => false,
        };
    }
}
