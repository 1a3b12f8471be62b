using System.Text;

namespace Postern.Net.Tests.Networks;

/// <summary>Everything that passes a host's interfaces, written to a file by tcpdump.</summary>
public sealed class Capture : IDisposable
{
    private readonly Background _tcpdump;
    private bool _stopped;

    internal Capture(Host host, string folder)
    {
        File = Path.Combine(folder, $"{host.Name}-{Guid.NewGuid():N}.pcap");
        _tcpdump = host.Start("tcpdump", "-i", "any", "-U", "--immediate-mode", "-Z", "root", "-w", File);
        _tcpdump.WaitFor("listening on");
    }

    /// <summary>The pcap file; it goes with the network.</summary>
    public string File { get; }

    /// <summary>Whether the bytes of the text stand in some packet. Stops the capture first.</summary>
    public bool Contains(string text) => Read().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    /// <summary>The whole file. Stops the capture first.</summary>
    public byte[] Read()
    {
        Stop();
        return System.IO.File.ReadAllBytes(File);
    }

    public void Stop()
    {
        if (!_stopped)
        {
            Thread.Sleep(100); // what is on its way from the kernel to tcpdump
            _tcpdump.Interrupt();
            _stopped = true;
        }
    }

    public void Dispose() => Stop();
}
