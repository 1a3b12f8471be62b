using System.Diagnostics;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>The machine's monotonic clock.</summary>
internal static class MonotonicClock
{
    public static Instant Now => new((long)(Stopwatch.GetTimestamp() * ((double)TimeSpan.TicksPerSecond / Stopwatch.Frequency)));
}
