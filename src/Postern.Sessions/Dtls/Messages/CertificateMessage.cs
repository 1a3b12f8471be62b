namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a Certificate message (RFC 5246 §7.4.2). Only the first certificate counts: it is known by its fingerprint.</summary>
internal readonly ref struct CertificateMessage(ReadOnlySpan<byte> first)
{
    /// <summary>DER; empty where the list is.</summary>
    public ReadOnlySpan<byte> First { get; } = first;

    public static bool TryParse(ReadOnlySpan<byte> body, out CertificateMessage message)
    {
        var reader = new WireReader(body);
        var list = new WireReader(reader.ReadVector24());
        var first = list.IsEmpty ? default : list.ReadVector24();
        message = new(first);
        var empty = first.IsEmpty && !list.IsDone;
        while (!list.IsEmpty)
        {
            list.ReadVector24();
        }

        return reader.IsDone && list.IsDone && !empty;
    }

    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> der)
    {
        writer.WriteUInt24(der.Length + 3);
        writer.WriteVector24(der);
    }
}
