using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Something of the relay's that ends by itself unless renewed.</summary>
internal abstract class Lease
{
    /// <summary>Exact: whoever uses the lease looks here, the heap only clears away.</summary>
    public Instant Expires { get; set; }

    /// <summary>When the heap looks at it next; never later than it expires.</summary>
    public Instant Queued { get; set; }

    /// <summary>Ended before its time; the heap drops it when it comes by.</summary>
    public bool IsFreed { get; set; }

    public bool IsLive(Instant now) => !IsFreed && now < Expires;
}
