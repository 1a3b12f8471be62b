namespace Postern.Benchmarks.Relay;

/// <summary>What one round brought.</summary>
/// <param name="Arrived">Datagrams.</param>
/// <param name="Lost">Datagrams.</param>
/// <param name="CpuSeconds">Of the relay's process, in user and kernel mode.</param>
/// <param name="Seconds">By the wall clock.</param>
internal readonly record struct RelayRound(long Arrived, long Lost, double CpuSeconds, double Seconds)
{
    public double PerCpuSecond => Arrived / CpuSeconds;
}
