namespace Postern.Benchmarks.Sessions;

/// <summary>What a session carries: over real sockets, over a path with delay and loss, and its SCTP alone.</summary>
internal static class SessionBench
{
    public static void Run()
    {
        LoopbackBench.RunAsync().GetAwaiter().GetResult();
        CallBench.Run();
        SctpBench.Run();
    }
}
