using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Server;

/// <summary>Something that ends by itself, kept in an <see cref="ExpiryHeap"/>.</summary>
internal abstract class Expiring
{
    internal const int NotKept = -1;

    /// <summary>When it ends; <see cref="Instant.Never"/> while it is not kept.</summary>
    public Instant Expiry { get; internal set; } = Instant.Never;

    internal int HeapIndex { get; set; } = NotKept;
}
