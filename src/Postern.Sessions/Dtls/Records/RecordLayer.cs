namespace Postern.Sessions.Dtls.Records;

/// <summary>Numbers and protects the records of both directions: epoch 0 in plain, epoch 1 under the keys of the handshake.</summary>
internal sealed class RecordLayer : IDisposable
{
    /// <summary>The last numbers of an epoch are kept for alerts; application data ends here (RFC 6347 §4.1).</summary>
    public const ulong LastApplicationSequence = (1UL << 48) - 17;

    private const ulong LastSequence = (1UL << 48) - 1;
    private RecordProtection? _read;
    private RecordProtection? _write;
    private ReplayWindow _replay;
    private ulong _plainSequence;
    private byte[] _scratch = new byte[2048];

    /// <summary>Whether records of epoch 1 can be read.</summary>
    public bool CanRead => _read is not null;

    /// <summary>Whether new records go out in epoch 1.</summary>
    public bool IsWriteProtected => _write is not null;

    /// <summary>The next number in epoch 1.</summary>
    public ulong WriteSequence { get; set; }

    public bool IsExhausted => WriteSequence > LastApplicationSequence;

    public void ProtectReading(RecordProtection protection) => _read = protection;

    public void ProtectWriting(RecordProtection protection) => _write = protection;

    /// <summary>Writes one record and returns its size; 0 where the epoch has no numbers left.</summary>
    public int Write(ContentType type, ushort epoch, ReadOnlySpan<byte> content, Span<byte> record)
    {
        if ((epoch == 0 ? _plainSequence : WriteSequence) > LastSequence)
        {
            return 0;
        }

        if (epoch != 0)
        {
            return _write!.Seal(new(type, RecordHeader.Dtls12, epoch, WriteSequence++, 0), content, record);
        }

        var header = new RecordHeader(type, RecordHeader.Dtls12, 0, _plainSequence++, content.Length);
        header.Write(record);
        content.CopyTo(record[RecordHeader.Size..]);
        return header.WholeSize;
    }

    public bool IsReplayed(RecordHeader header) => !_replay.Admits(header.Sequence);

    /// <summary>Reads a record of epoch 1 and marks its number. The plaintext is valid until the next call.</summary>
    public bool TryOpen(RecordHeader header, ReadOnlySpan<byte> fragment, out ReadOnlySpan<byte> plaintext)
    {
        plaintext = default;
        if (_scratch.Length < fragment.Length)
        {
            _scratch = new byte[RecordHeader.MaximumPlaintext + RecordProtection.Expansion]; // the longest that a header admits
        }

        if (header.Version != RecordHeader.Dtls12 || !_read!.TryOpen(header, fragment, _scratch, out var length))
        {
            return false;
        }

        _replay.Mark(header.Sequence);
        plaintext = _scratch.AsSpan(0, length);
        return true;
    }

    public void Dispose()
    {
        _read?.Dispose();
        _write?.Dispose();
    }
}
