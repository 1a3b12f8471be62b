using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>System calls that .NET lacks. Numbers are those of Linux on x86-64 and arm64 alike.</summary>
internal static partial class Libc
{
    public const int Again = 11; // EAGAIN
    public const int Interrupted = 4; // EINTR
    public const short CanRead = 1; // POLLIN
    public const short CanWrite = 4; // POLLOUT
    public const int NetworkNamespace = 0x4000_0000; // CLONE_NEWNET
    public const int MountNamespace = 0x0002_0000; // CLONE_NEWNS
    public const int Kill = 9;
    public const int BrokenPipe = 13; // SIGPIPE
    public const ulong BindMount = 0x1000; // MS_BIND
    public const ulong PrivateMounts = 0x4000 | 0x4_0000; // MS_REC | MS_PRIVATE
    public const nuint SetTun = 0x4004_54CA; // TUNSETIFF

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle handle, nuint request, Span<byte> argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int SetDescriptor(SafeFileHandle handle, int command, int argument);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static unsafe partial int Poll(PollEntry* entries, nuint count, Timespec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(SafeFileHandle handle, int kind);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int kinds);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string? source, string target, string? type, ulong flags, nint data);

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execute(string file, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint OnSignal(int signal, nint action);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "if_indextoname")]
    public static partial nint InterfaceName(uint index, Span<byte> name);
}
