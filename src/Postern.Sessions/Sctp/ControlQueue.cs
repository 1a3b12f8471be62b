namespace Postern.Sessions.Sctp;

/// <summary>Chunks that answer the peer and wait for the next packet. Bounded: what the network can fill is dropped from its end.</summary>
internal sealed class ControlQueue
{
    private const int Bound = 16;

    private readonly Queue<ControlChunk> _chunks = new(Bound);

    public bool IsEmpty => _chunks.Count == 0;

    /// <summary>A chunk for the next packet to the peer.</summary>
    public void Add(SctpChunkType type, byte flags, ReadOnlySpan<byte> value) => Add(new(type, flags, null, value.ToArray()));

    /// <summary>A chunk in a packet of its own under the given tag.</summary>
    public void AddAlone(SctpChunkType type, byte flags, uint tag, ReadOnlySpan<byte> value) => Add(new(type, flags, tag, value.ToArray()));

    public void Clear() => _chunks.Clear();

    /// <summary>The next chunk that wants a packet of its own, if it is at the head of the queue.</summary>
    public bool TryTakeAlone(out ControlChunk chunk) => _chunks.TryPeek(out chunk) && chunk.LoneTag is not null && _chunks.TryDequeue(out chunk);

    /// <summary>Adds all that fit to a packet.</summary>
    public void WriteTo(ref PacketWriter writer)
    {
        while (_chunks.TryPeek(out var chunk) && chunk.LoneTag is null)
        {
            if (chunk.Value.Length > writer.Room)
            {
                if (!writer.IsEmpty)
                {
                    return;
                }

                _chunks.Dequeue(); // it came in a larger packet than ours may be
                continue;
            }

            writer.AddChunk(chunk.Type, chunk.Flags, chunk.Value);
            _chunks.Dequeue();
        }
    }

    private void Add(ControlChunk chunk)
    {
        if (_chunks.Count < Bound)
        {
            _chunks.Enqueue(chunk);
        }
    }
}
