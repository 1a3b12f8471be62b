namespace Postern.Sessions.Dtls.Records;

/// <summary>
/// Records of epoch 1 that overtook the messages needed to read them (RFC 6347 §4.1 allows to keep or to drop them).
/// Few and small: anybody can send them.
/// </summary>
internal sealed class EarlyRecords
{
    public const int MaximumCount = 16;
    public const int MaximumSize = 2048;
    private readonly Queue<byte[]> _kept = [];

    public int Count => _kept.Count;

    /// <summary>False where there is no room.</summary>
    public bool Keep(ReadOnlySpan<byte> record)
    {
        if (_kept.Count == MaximumCount || record.Length > MaximumSize)
        {
            return false;
        }

        _kept.Enqueue(record.ToArray());
        return true;
    }

    public byte[] Take() => _kept.Dequeue();

    public void Clear() => _kept.Clear();
}
