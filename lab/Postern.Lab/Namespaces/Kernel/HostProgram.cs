using System.Runtime.InteropServices;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>
/// Turns this process into another program inside a host: its network, its names. The process stays the same one, so terminal,
/// signals and exit code are the program's own.
/// </summary>
public static class HostProgram
{
    private static readonly string[] NameFiles = ["hosts", "resolv.conf"];

    /// <summary>Does not return, or throws <see cref="LabException"/>.</summary>
    /// <param name="lab">The laboratory.</param>
    /// <param name="member">A host or router of it.</param>
    /// <param name="command">The program, by path or by name, and its arguments.</param>
    public static void Become(string lab, string member, IReadOnlyList<string> command)
    {
        Enter(lab, member);
        TakeNames(LabNames.Folder(lab));
        _ = Libc.OnSignal(Libc.BrokenPipe, 0); // .NET ignores it, which programs inherit and few expect
        _ = Libc.Execute(command[0], [.. command, null]);
        throw new LabException($"'{command[0]}' cannot be run: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Moves the calling thread, and what it starts, into the network of a host.</summary>
    public static void Enter(string lab, string member)
    {
        using var handle = File.OpenHandle($"{LabNames.NamespaceFolder}/{LabNames.Namespace(lab, member)}");
        Must(Libc.EnterNamespace(handle, Libc.NetworkNamespace), $"enter {member}");
    }

    /// <summary>Mounts of this process alone: the laboratory's names instead of the machine's.</summary>
    private static void TakeNames(string folder)
    {
        Must(Libc.Unshare(Libc.MountNamespace), "have mounts of its own");
        Must(Libc.Mount(null, "/", null, Libc.PrivateMounts, 0), "have mounts of its own");
        foreach (var name in NameFiles)
        {
            if (File.Exists($"/etc/{name}"))
            {
                Must(Libc.Mount(Path.Combine(folder, name), $"/etc/{name}", null, Libc.BindMount, 0), $"take over /etc/{name}");
            }
        }
    }

    private static void Must(int outcome, string what)
    {
        if (outcome != 0)
        {
            throw new LabException($"This process may not {what}: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }
}
