using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>One association whose peer is the test itself, writing chunks by hand.</summary>
public sealed class SctpEnd
{
    public const uint PeerTag = 0x50454552;
    private const ushort Port = SctpOptions.DefaultPort;

    /// <summary>The second chunk's TSN is the last before the numbers wrap.</summary>
    public static readonly uint PeerTsn = uint.MaxValue - 1;
    private readonly byte[] _buffer = new byte[2048];

    public SctpEnd(SctpOptions? options = null, bool start = true, bool forwards = true, bool resets = true, uint window = 1 << 20)
    {
        Association = new(options ?? new(), new SeededRandom(5));
        ReadInit();
        if (start)
        {
            var init = new byte[128];
            var self = new PeerParameters(PeerTag, window, 100, 100, PeerTsn, forwards, resets);
            var length = InitChunk.Write(init, SctpChunkType.Init, self, default, default);
            Association.StartFromSignalling(Without(init.AsSpan(0, length), forwards, resets), Now).ShouldBeTrue();
            TakeEvents();
            Events.Clear();
        }
    }

    public delegate void WriteChunks(ref PacketWriter writer);

    public SctpAssociation Association { get; }

    public Instant Now { get; set; } = Instant.FromMilliseconds(1000);

    /// <summary>The tag and first TSN of the association under test.</summary>
    public uint Tag { get; private set; }

    public uint Tsn { get; private set; }

    public List<SctpEvent> Events { get; } = [];

    /// <summary>Hands a packet of the test's chunks in; returns whether it was taken.</summary>
    public bool Hand(WriteChunks write, uint? tag = null)
    {
        var writer = new PacketWriter(_buffer, Port, Port, tag ?? Tag);
        write(ref writer);
        var taken = Association.HandlePacket(_buffer.AsSpan(0, writer.Finish()), Now);
        TakeEvents();
        return taken;
    }

    public bool HandData(uint tsn, ReadOnlySpan<byte> payload, byte flags = DataChunk.BeginFlag | DataChunk.EndFlag, ushort stream = 0, ushort sequence = 0, uint ppid = 53)
    {
        var copy = payload.ToArray();
        return Hand((ref PacketWriter writer) => copy.CopyTo(DataChunk.Write(ref writer, flags, tsn, stream, sequence, ppid, copy.Length)));
    }

    public bool HandSack(uint cumulative, uint window = 1 << 20, (int Start, int End)[]? gaps = null, uint[]? duplicates = null) =>
        Hand((ref PacketWriter writer) =>
        {
            var rest = SackChunk.Write(ref writer, cumulative, window, gaps?.Length ?? 0, duplicates?.Length ?? 0);
            foreach (var (start, end) in gaps ?? [])
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)start);
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)end);
                rest = rest[4..];
            }

            foreach (var duplicate in duplicates ?? [])
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(rest, duplicate);
                rest = rest[4..];
            }
        });

    public void Advance(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        Association.HandleDeadline(Now);
        TakeEvents();
    }

    /// <summary>All packets that leave now.</summary>
    public List<byte[]> Drain()
    {
        var packets = new List<byte[]>();
        while (Association.TryTransmit(_buffer, Now, out var length))
        {
            packets.Add(_buffer[..length]);
        }

        TakeEvents();
        return packets;
    }

    public List<string> DrainText() => [.. Drain().Select(packet => PacketText.Of(packet))];

    /// <summary>The first chunk of this type in what leaves now, with its header; empty where there is none.</summary>
    public byte[] DrainChunk(SctpChunkType type)
    {
        byte[] found = [];
        foreach (var packet in Drain())
        {
            SctpPacket.TryParse(packet, out var parsed).ShouldBeTrue();
            foreach (var chunk in parsed.Chunks)
            {
                found = chunk.Type == type && found.Length == 0 ? chunk.Whole.ToArray() : found;
            }
        }

        return found;
    }

    public void TakeEvents()
    {
        while (Association.TryTakeEvent(out var happened))
        {
            Events.Add(happened);
        }
    }

    private void ReadInit()
    {
        var reader = new ChunkReader(Association.LocalInit);
        reader.MoveNext().ShouldBeTrue();
        InitChunk.TryRead(reader.Current, out var init).ShouldBe(SctpCause.None);
        Tag = init.Peer.Tag;
        Tsn = init.Peer.InitialTsn;
    }

    /// <summary>Cuts the parameters off that say what the peer understands.</summary>
    private static byte[] Without(ReadOnlySpan<byte> init, bool forwards, bool resets)
    {
        var copy = init.ToArray();
        if (!forwards)
        {
            copy[20] = 0x80; // an unknown parameter that is skipped
            copy[21] = 0xFF;
            copy[29] = (byte)SctpChunkType.Reconfig;
        }

        if (!resets)
        {
            copy[28] = (byte)SctpChunkType.ForwardTsn;
        }

        if (!forwards && !resets)
        {
            copy[28] = copy[29] = 0;
        }

        return copy;
    }
}
