using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Tests.Dtls;

/// <summary>Takes datagrams apart and puts them together again, message by message.</summary>
internal static class Middleman
{
    public delegate byte[] Rewriting(HandshakeType type, byte[] body);

    /// <summary>Rewrites the plain messages of one side. They must not be fragmented.</summary>
    public static Dialogue.Tampering Rewrites(DtlsRole of, Rewriting rewriting) => (sender, datagram) =>
        [sender == of ? [.. Records(datagram).SelectMany(record => Rewrite(record, rewriting))] : datagram];

    /// <summary>Sends every plain handshake message on in fragments of at most this many bytes, each in a datagram of its own.</summary>
    public static Dialogue.Tampering Splits(int size, Func<List<byte[]>, IEnumerable<byte[]>> order) => (_, datagram) =>
        order([.. Records(datagram).SelectMany(record => Split(record, size))]);

    public static IEnumerable<byte[]> Records(byte[] datagram)
    {
        for (var at = 0; RecordHeader.TryParse(datagram.AsSpan(at), out var header); at += header.WholeSize)
        {
            yield return datagram[at..(at + header.WholeSize)];
        }
    }

    /// <summary>A handshake record in epoch 0 with one fragment.</summary>
    public static byte[] Record(HandshakeType type, int length, ushort sequence, int offset, ReadOnlySpan<byte> fragment)
    {
        var record = new byte[RecordHeader.Size + HandshakeFragment.HeaderSize + fragment.Length];
        new RecordHeader(ContentType.Handshake, RecordHeader.Dtls12, 0, 77, record.Length - RecordHeader.Size).Write(record);
        HandshakeFragment.WriteHeader(record.AsSpan(RecordHeader.Size), type, length, sequence, offset, fragment.Length);
        fragment.CopyTo(record.AsSpan(RecordHeader.Size + HandshakeFragment.HeaderSize));
        return record;
    }

    /// <summary>Any record in plain.</summary>
    public static byte[] Plain(ContentType type, ushort epoch, params byte[] content)
    {
        var record = new byte[RecordHeader.Size + content.Length];
        new RecordHeader(type, RecordHeader.Dtls12, epoch, 99, content.Length).Write(record);
        content.CopyTo(record, RecordHeader.Size);
        return record;
    }

    private static byte[] Rewrite(byte[] record, Rewriting rewriting)
    {
        if (!TryReadMessage(record, out var message))
        {
            return record;
        }

        var body = rewriting(message.Type, message.Bytes.ToArray());
        return Record(message.Type, body.Length, message.Sequence, 0, body);
    }

    private static List<byte[]> Split(byte[] record, int size)
    {
        if (!TryReadMessage(record, out var message) || message.Length == 0)
        {
            return [record];
        }

        var fragments = new List<byte[]>();
        for (var offset = 0; offset < message.Length; offset += size)
        {
            var count = Math.Min(size, message.Length - offset);
            fragments.Add(Record(message.Type, message.Length, message.Sequence, offset, message.Bytes.Slice(offset, count)));
        }

        return fragments;
    }

    private static bool TryReadMessage(byte[] record, out HandshakeFragment message)
    {
        message = default;
        return RecordHeader.TryParse(record, out var header)
            && header is { Type: ContentType.Handshake, Epoch: 0 }
            && HandshakeFragment.TryParse(record.AsSpan(RecordHeader.Size), out message);
    }
}
