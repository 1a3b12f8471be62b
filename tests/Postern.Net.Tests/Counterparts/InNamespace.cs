using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Postern.Net.Tests.Counterparts;

/// <summary>
/// Runs code of the tests inside a network namespace: on a thread of its own, which enters and never leaves. Sockets opened
/// there stay there, whichever thread uses them later; so our peers can live in this process and still stand behind a router.
/// </summary>
internal static partial class InNamespace
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    public static T Run<T>(string network, Func<T> open)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(network);
                result = open();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Enter(string network)
    {
        using var handle = File.OpenHandle($"/run/netns/{network}");
        if (SetNamespace(handle, NewNetwork) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeHandle handle, int kind);
}
