namespace Postern.Sessions.Sctp;

/// <summary>A piece of payload that a <see cref="BufferPool"/> lends out; linked, so that a message is a chain of them.</summary>
internal sealed class PooledBuffer(byte[] bytes, int sizeClass)
{
    public byte[] Bytes { get; } = bytes;

    public int SizeClass { get; } = sizeClass;

    public int Length { get; set; }

    public PooledBuffer? Next { get; set; }

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);
}
