namespace Postern.Lab.Namespaces.Tracing;

/// <summary>A pcapng file that grows by packets of any interface.</summary>
public sealed class PacketFile : IDisposable
{
    private readonly Stream _stream;
    private readonly Dictionary<string, int> _interfaces = [];

    public PacketFile(string path)
    {
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0); // whoever reads it sees whole blocks
        using var header = new MemoryStream();
        PcapngWriter.WriteHeader(header, []);
        header.WriteTo(_stream);
    }

    public long Count { get; private set; }

    public void Add(string device, bool isArriving, ReadOnlySpan<byte> packet)
    {
        using var block = new MemoryStream();
        if (!_interfaces.TryGetValue(device, out var number))
        {
            _interfaces.Add(device, number = _interfaces.Count);
            PcapngWriter.WriteInterface(block, device);
        }

        PcapngWriter.WritePacket(block, number, packet, isArriving, null);
        block.WriteTo(_stream);
        Count++;
    }

    public void Dispose() => _stream.Dispose();
}
