using System.Globalization;
using System.Runtime.InteropServices;

namespace Postern.Benchmarks.Harness;

/// <summary>CPU time, which other programs on the machine disturb far less than the wall clock.</summary>
internal static partial class CpuTime
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID
    private const double TicksPerSecond = 100; // USER_HZ, in which /proc counts

    /// <summary>What this thread has used, in nanoseconds.</summary>
    public static long ThreadNanoseconds
    {
        get
        {
            _ = GetTime(ThreadClock, out var time);
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    /// <summary>What a process has used in user and kernel mode, in seconds (proc_pid_stat(5), fields 14 and 15).</summary>
    public static double OfProcess(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold blanks; field 3 follows it
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
