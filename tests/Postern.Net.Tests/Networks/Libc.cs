using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Postern.Net.Tests.Networks;

/// <summary>The two system calls that .NET lacks.</summary>
internal static partial class Libc
{
    public const int Interrupt = 2;
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <summary>Moves the calling thread, and only it, into the namespace; sockets that it opens stay there for good.</summary>
    public static void EnterNamespace(string name)
    {
        using var handle = File.OpenHandle($"/run/netns/{name}");
        if (SetNamespace(handle, NetworkNamespace) != 0)
        {
            throw new InvalidOperationException($"setns to {name}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int type);
}
