using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Postern.Net.Tests.Lab;

/// <summary>Work that waits a lot, each piece on a thread of its own: those of the pool are to read what programs say.</summary>
internal static class OwnThreads
{
    /// <summary>Runs all at once to their end, then throws what the first that failed threw.</summary>
    public static void Run(IEnumerable<Action> work)
    {
        var troubles = new ConcurrentQueue<ExceptionDispatchInfo>();
        var threads = work.Select(piece => new Thread(() =>
        {
            try
            {
                piece();
            }
            catch (Exception e)
            {
                troubles.Enqueue(ExceptionDispatchInfo.Capture(e));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (troubles.TryDequeue(out var trouble))
        {
            trouble.Throw();
        }
    }
}
