using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>A network interface whose cable ends in this process: IP packets, one a read and one a write, never waiting.</summary>
internal sealed class TunDevice : IDisposable
{
    private const int RequestLength = 40; // sizeof(struct ifreq)
    private const int NameLength = 16; // IFNAMSIZ
    private const short Tun = 1; // IFF_TUN
    private const short NoPacketInformation = 0x1000; // IFF_NO_PI
    private const int SetStatusFlags = 4; // F_SETFL
    private const int NonBlocking = 0x800; // O_NONBLOCK

    private readonly SafeFileHandle _handle;

    /// <summary>Makes the interface in the process's own network namespace; it goes with this object.</summary>
    public TunDevice(string name)
    {
        _handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> request = stackalloc byte[RequestLength];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request[..(NameLength - 1)]);
        MemoryMarshal.Write(request[NameLength..], (short)(Tun | NoPacketInformation));
        if (Libc.Control(_handle, Libc.SetTun, request) < 0 || Libc.SetDescriptor(_handle, SetStatusFlags, NonBlocking) < 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            _handle.Dispose();
            throw new LabException($"The TUN device {name} cannot be had: {error}.");
        }

        Descriptor = (int)_handle.DangerousGetHandle();
    }

    public int Descriptor { get; }

    /// <summary>The next packet's length; 0 when none is there.</summary>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)Math.Max(0, Libc.Read(Descriptor, bytes, (nuint)buffer.Length));
        }
    }

    /// <summary>False where the kernel did not take it, as while the interface is down.</summary>
    public unsafe bool Write(ReadOnlySpan<byte> packet)
    {
        fixed (byte* bytes = packet)
        {
            return Libc.Write(Descriptor, bytes, (nuint)packet.Length) == packet.Length;
        }
    }

    public void Dispose() => _handle.Dispose();
}
