using System.Buffers.Binary;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>Takes pcapng from a router into a file, block by block, so that the file is whole whenever it ends.</summary>
public static class PcapngCopy
{
    private const int HeadLength = 8; // type and length
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300); // what was on its way when we were told to stop

    /// <summary>Copies until the source ends (true), or until it is told to stop and has taken what was there (false).</summary>
    /// <param name="source">The router's stream.</param>
    /// <param name="target">The file.</param>
    /// <param name="begun">Called once the first bytes are there.</param>
    /// <param name="stop">When to stop.</param>
    public static async Task<bool> RunAsync(Stream source, Stream target, Action begun, CancellationToken stop)
    {
        using var ending = new CancellationTokenSource();
        await using var registration = stop.Register(() => ending.CancelAfter(LastWords)).ConfigureAwait(false);
        var (buffer, kept, isFirst) = (new byte[65536 * 4], 0, true);
        try
        {
            while (await source.ReadAsync(buffer.AsMemory(kept), ending.Token).ConfigureAwait(false) is > 0 and var length)
            {
                kept += length;
                var whole = WholeBlocks(buffer.AsSpan(0, kept));
                await target.WriteAsync(buffer.AsMemory(0, whole), CancellationToken.None).ConfigureAwait(false);
                buffer.AsSpan(whole, kept - whole).CopyTo(buffer);
                kept -= whole;
                if (isFirst)
                {
                    begun();
                    isFirst = false;
                }
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static int WholeBlocks(ReadOnlySpan<byte> bytes)
    {
        var end = 0;
        while (bytes.Length - end >= HeadLength && BinaryPrimitives.ReadInt32LittleEndian(bytes[(end + 4)..]) is var length && length <= bytes.Length - end)
        {
            end += length;
        }

        return end;
    }
}
