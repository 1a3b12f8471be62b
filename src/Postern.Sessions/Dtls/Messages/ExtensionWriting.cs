namespace Postern.Sessions.Dtls.Messages;

/// <summary>Writes the extensions that we use.</summary>
internal static class ExtensionWriting
{
    public static void WriteEmptyExtension(this ref WireWriter writer, ExtensionType type)
    {
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16(0);
    }

    /// <summary>An empty renegotiated_connection: the handshake is the first (RFC 5746 §3.2).</summary>
    public static void WriteRenegotiationInfo(this ref WireWriter writer) => writer.WriteExtension(ExtensionType.RenegotiationInfo, [0]);

    /// <summary>A list with the one value that we support, which is how supported_groups and signature_algorithms look.</summary>
    public static void WriteList16(this ref WireWriter writer, ExtensionType type, ushort value) =>
        writer.WriteExtension(type, [0, 2, (byte)(value >> 8), (byte)value]);

    public static void WritePointFormats(this ref WireWriter writer) => writer.WriteExtension(ExtensionType.PointFormats, [1, CodePoints.PointFormat]);

    /// <summary>use_srtp without a master key identifier (RFC 5764 §4.1.1).</summary>
    public static void WriteUseSrtp(this ref WireWriter writer, scoped ReadOnlySpan<SrtpProfile> profiles)
    {
        writer.WriteUInt16((ushort)ExtensionType.UseSrtp);
        var data = writer.OpenVector16();
        writer.WriteUInt16((ushort)(2 * profiles.Length));
        foreach (var profile in profiles)
        {
            writer.WriteUInt16((ushort)profile);
        }

        writer.WriteByte(0);
        writer.CloseVector16(data);
    }

    private static void WriteExtension(this ref WireWriter writer, ExtensionType type, scoped ReadOnlySpan<byte> data)
    {
        writer.WriteUInt16((ushort)type);
        writer.WriteVector16(data);
    }
}
