namespace Postern.Sessions.Sctp;

/// <summary>The message that is under way in order: its fragments so far, as a chain.</summary>
internal struct PartialMessage
{
    public PooledBuffer? First;
    public PooledBuffer? Last;
    public int Length;
    public uint PayloadProtocol;
    public ushort Stream;
    public ushort StreamSequence;
    public byte Flags;

    public readonly bool IsEmpty => First is null;

    public void Append(PooledBuffer data)
    {
        if (First is null)
        {
            First = data;
        }
        else
        {
            Last!.Next = data;
        }

        Last = data;
        Length += data.Length;
    }

    public readonly void CopyTo(Span<byte> destination)
    {
        for (var data = First; data is not null; data = data.Next)
        {
            data.Span.CopyTo(destination);
            destination = destination[data.Length..];
        }
    }
}
