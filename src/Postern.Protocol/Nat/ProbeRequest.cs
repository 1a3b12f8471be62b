using Postern.Protocol.Stun;

namespace Postern.Protocol.Nat;

/// <summary>Writes a prober's Binding requests: each is at least as long as its answer, so that none costs the server's reply budget.</summary>
internal static class ProbeRequest
{
    private const int SizeV4 = 44; // 20 + 4 + 44 = 68 = header, XOR-MAPPED-ADDRESS, MAPPED-ADDRESS, RESPONSE-ORIGIN, OTHER-ADDRESS
    private const int SizeV6 = 92; // likewise 116

    private static ReadOnlySpan<byte> Software => "Postern measures on its user's behalf how this network's NAT treats UDP, after RFC 5780 (check)."u8;

    public static int Write(Span<byte> buffer, ProbeExchange exchange)
    {
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, exchange.Id);
        if (exchange.Change != 0)
        {
            writer.AddUInt32(StunAttributeType.ChangeRequest, exchange.Change);
        }

        writer.Add(StunAttributeType.Software, Software[..(exchange.Destination.IsV4 ? SizeV4 : SizeV6)]);
        return writer.Length;
    }
}
