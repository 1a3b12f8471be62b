using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Messages;

namespace Postern.Tests.Dtls;

/// <summary>Hellos of any content.</summary>
internal static class Hellos
{
    public static readonly (ushort Type, byte[] Data) ExtendedMasterSecret = (23, []);
    public static readonly (ushort Type, byte[] Data) RenegotiationInfo = (0xFF01, [0]);
    public static readonly (ushort Type, byte[] Data) Groups = (10, [0, 2, 0, 23]);
    public static readonly (ushort Type, byte[] Data) PointFormats = (11, [1, 0]);
    public static readonly (ushort Type, byte[] Data) Signatures = (13, [0, 2, 4, 3]);

    public static readonly (ushort Type, byte[] Data)[] ClientExtensions = [RenegotiationInfo, ExtendedMasterSecret, Groups, PointFormats, Signatures];
    public static readonly (ushort Type, byte[] Data)[] ServerExtensions = [RenegotiationInfo, ExtendedMasterSecret, PointFormats];

    public static (ushort Type, byte[] Data) UseSrtp(params byte[] data) => (14, data);

    public static byte[] Client(
        ReadOnlySpan<byte> random,
        ushort version = 0xFEFD,
        ushort[]? ciphers = null,
        byte[]? compression = null,
        IEnumerable<(ushort Type, byte[] Data)>? extensions = null)
    {
        var writer = new WireWriter(new byte[8192]);
        writer.WriteUInt16(version);
        writer.Write(random);
        writer.WriteByte(0);
        writer.WriteByte(0);
        ciphers ??= [CodePoints.CipherSuite];
        writer.WriteUInt16((ushort)(2 * ciphers.Length));
        foreach (var cipher in ciphers)
        {
            writer.WriteUInt16(cipher);
        }

        writer.WriteVector8(compression ?? [0]);
        WriteExtensions(ref writer, extensions ?? ClientExtensions);
        return writer.Written.ToArray();
    }

    public static byte[] Server(
        ReadOnlySpan<byte> random,
        ushort version = 0xFEFD,
        ushort cipher = CodePoints.CipherSuite,
        byte compression = 0,
        IEnumerable<(ushort Type, byte[] Data)>? extensions = null)
    {
        var writer = new WireWriter(new byte[8192]);
        writer.WriteUInt16(version);
        writer.Write(random);
        writer.WriteByte(0);
        writer.WriteUInt16(cipher);
        writer.WriteByte(compression);
        WriteExtensions(ref writer, extensions ?? ServerExtensions);
        return writer.Written.ToArray();
    }

    private static void WriteExtensions(ref WireWriter writer, IEnumerable<(ushort Type, byte[] Data)> extensions)
    {
        var start = writer.OpenVector16();
        foreach (var (type, data) in extensions)
        {
            writer.WriteUInt16(type);
            writer.WriteVector16(data);
        }

        writer.CloseVector16(start);
    }
}
