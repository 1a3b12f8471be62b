namespace Postern.Benchmarks.Lab;

/// <summary>What one round through a router came to.</summary>
/// <param name="Sent">Datagrams.</param>
/// <param name="Arrived">Of these.</param>
/// <param name="Seconds">By the wall clock.</param>
/// <param name="CpuSeconds">Of the router's process, user and kernel; null where the router is the kernel.</param>
internal sealed record RouterRound(long Sent, long Arrived, double Seconds, double? CpuSeconds)
{
    public double PerSecond => Arrived / Seconds;
}
