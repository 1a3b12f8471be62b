using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>One packet, as a trace tells it.</summary>
/// <param name="Kind">What it is, in words.</param>
/// <param name="Transport">Null where it is none of those that boxes judge.</param>
/// <param name="Source">With a port where it has one; null where it cannot be read.</param>
/// <param name="Destination">The same.</param>
public readonly record struct TracedPacket(string Kind, string? Transport, string? Source, string? Destination)
{
    public static TracedPacket Of(ReadOnlySpan<byte> packet)
    {
        var fault = IpPacket.TryRead(packet, out var header, out var shape);
        var hasPorts = fault == PacketFault.None && header.Transport != Packets.Transport.IcmpError && !shape.IsLaterFragment;
        return new(
            $"{PacketNaming.Of(packet, fault, header, shape)}{(shape.IsLaterFragment ? ", later fragment" : "")}",
            fault == PacketFault.None ? $"{header.Transport}" : null,
            shape.Length == 0 ? null : Text(header.Source, hasPorts),
            shape.Length == 0 ? null : Text(header.Destination, hasPorts));
    }

    /// <summary>"UDP 192.0.2.1:5 to 192.0.2.2:6".</summary>
    public static string Line(string kind, string? source, string? destination) => source is null ? kind : $"{kind} {source} to {destination}";

    private static string Text(Endpoint end, bool hasPort) => hasPort ? $"{end}" : $"{end.Address}";
}
