using System.Numerics;

namespace Postern.Sessions.Sctp;

/// <summary>
/// Buffers in a few sizes, kept for the next packet. What is lent out is bounded by those who borrow (send buffer, receive
/// window); what is kept free is bounded here.
/// </summary>
internal sealed class BufferPool(int fragmentSize)
{
    private const int SmallestLog = 6;                 // 64 bytes
    private const int FragmentClass = 11;              // behind 64 … 65,536
    private const long MaximumFree = 16 << 20;

    private readonly PooledBuffer?[] _free = new PooledBuffer?[FragmentClass + 1];
    private long _freeBytes;

    public PooledBuffer Rent(ReadOnlySpan<byte> content)
    {
        var sizeClass = ClassOf(content.Length);
        var buffer = _free[sizeClass];
        if (buffer is null)
        {
            buffer = new(GC.AllocateUninitializedArray<byte>(sizeClass == FragmentClass ? fragmentSize : 1 << (SmallestLog + sizeClass)), sizeClass);
        }
        else
        {
            _free[sizeClass] = buffer.Next;
            _freeBytes -= buffer.Bytes.Length;
        }

        buffer.Next = null;
        buffer.Length = content.Length;
        content.CopyTo(buffer.Bytes);
        return buffer;
    }

    public void Return(PooledBuffer buffer)
    {
        if (_freeBytes + buffer.Bytes.Length > MaximumFree)
        {
            return;
        }

        buffer.Next = _free[buffer.SizeClass];
        _free[buffer.SizeClass] = buffer;
        _freeBytes += buffer.Bytes.Length;
    }

    /// <summary>Returns a buffer and all that hang on it.</summary>
    public void ReturnChain(PooledBuffer? buffer)
    {
        while (buffer is not null)
        {
            var next = buffer.Next;
            Return(buffer);
            buffer = next;
        }
    }

    private int ClassOf(int length)
    {
        if (length <= fragmentSize && length > fragmentSize / 2)
        {
            return FragmentClass;
        }

        return Math.Max(0, BitOperations.Log2((uint)Math.Max(1, length - 1)) + 1 - SmallestLog);
    }
}
