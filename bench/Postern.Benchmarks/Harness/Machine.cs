using System.Runtime.InteropServices;

namespace Postern.Benchmarks.Harness;

/// <summary>What the figures were measured on: they mean nothing without it.</summary>
internal static class Machine
{
    public static string Load => Read("/proc/loadavg").Split(' ') is [var one, var five, ..] ? $"{one} (1 min), {five} (5 min)" : "unknown";

    public static void Print()
    {
        Console.WriteLine($"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        Console.WriteLine($"Load average {Load}.");
#if DEBUG
        Console.WriteLine("A Debug build: these figures are worthless.");
#endif
    }

    private static string Processor() =>
        Read("/proc/cpuinfo").Split('\n').FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
