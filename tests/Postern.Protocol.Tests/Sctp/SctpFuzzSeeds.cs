using System.Runtime.CompilerServices;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>Writes the seeds of the corpora `sctp` and `dcep`: the packets of real dialogues. Run by hand when a chunk type is added.</summary>
public class SctpFuzzSeeds
{
    public const uint PeerTag = 0x50454552;
    public const uint PeerTsn = 100;

    [Fact]
    public void The_corpora_hold_a_packet_of_every_kind()
    {
        var kinds = new HashSet<string>();
        foreach (var file in Directory.GetFiles(Folder("sctp")))
        {
            SctpPacket.TryParse(File.ReadAllBytes(file), out var packet).ShouldBeTrue();
            foreach (var chunk in packet.Chunks)
            {
                kinds.Add(chunk.Type.ToString());
            }
        }

        Enum.GetNames<SctpChunkType>().ShouldBeSubsetOf(kinds);
    }

    [Fact(Explicit = true)]
    public void Write()
    {
        Directory.CreateDirectory(Folder("sctp"));
        Directory.CreateDirectory(Folder("dcep"));
        File.WriteAllBytes(Path.Combine(Folder("dcep"), "open.bin"), new ChannelOpenMessage("label", new() { Protocol = "proto" }).ToBytes());
        File.WriteAllBytes(Path.Combine(Folder("dcep"), "open-partial.bin"), new ChannelOpenMessage("étage", new() { Ordered = false, MaxRetransmits = 3 }).ToBytes());
        File.WriteAllBytes(Path.Combine(Folder("dcep"), "open-timed.bin"), new ChannelOpenMessage("", new() { MaxLifetime = TimeSpan.FromSeconds(2) }).ToBytes());
        File.WriteAllBytes(Path.Combine(Folder("dcep"), "ack.bin"), [ChannelOpenMessage.AckType]);
        var seen = new Dictionary<string, int>();
        for (ulong seed = 1; seed <= 6; seed++)
        {
            Dialogue(seed, packet =>
            {
                var kind = PacketText.Of(packet);
                seen[kind] = seen.GetValueOrDefault(kind) + 1;
                if (seen[kind] <= 2 && kind.Length < 60)
                {
                    File.WriteAllBytes(Path.Combine(Folder("sctp"), $"{kind}-{seen[kind]}.bin".Replace('+', '-').ToLowerInvariant()), packet);
                }
            });
        }

        WriteByHand();
    }

    private static void Dialogue(ulong seed, Action<byte[]> keep)
    {
        var pair = new SctpPair(seed);
        pair.ForBoth(link => { link.Loss = seed > 3 ? 0.2 : 0; link.Drops = packet => { keep(packet); return false; }; });
        pair.A.Connect(pair.Now);
        for (var i = 0; i < 20; i++)
        {
            pair.A.Send((ushort)(i % 3), 53, new byte[1 + (i * 17 % 90)], new(i % 2 == 0, MaximumRetransmissions: 0), pair.Now);
            pair.B.Send(1, 51, new byte[10], default, pair.Now);
            pair.RunFor(30);
        }

        pair.A.ResetStream(1, pair.Now);
        pair.RunFor(300);
        pair.A.PathChanged(null, pair.Now);
        pair.RunFor(300);
        if (seed % 2 == 0)
        {
            pair.A.Shutdown(pair.Now);
        }
        else
        {
            pair.B.Abort();
        }

        pair.RunFor(3000);
    }

    private static void WriteByHand()
    {
        var buffer = new byte[256];
        var error = new PacketWriter(buffer, 5000, 5000, 1);
        error.AddChunk(SctpChunkType.Error, 0, [0, 6, 0, 8, 0x7F, 0, 0, 4]);
        File.WriteAllBytes(Path.Combine(Folder("sctp"), "error.bin"), buffer[..error.Finish()]);
        var data = new PacketWriter(buffer, 5000, 5000, 1);
        DataChunk.Write(ref data, DataChunk.BeginFlag, PeerTsn, 1, 0, 53, 20);
        DataChunk.Write(ref data, DataChunk.EndFlag, PeerTsn + 1, 1, 0, 53, 20);
        DataChunk.Write(ref data, 3, PeerTsn + 3, 1, 1, 53, 20);
        ForwardTsnChunk.Write(ref data, PeerTsn + 2, 1)[3] = 1;
        File.WriteAllBytes(Path.Combine(Folder("sctp"), "fragments.bin"), buffer[..data.Finish()]);
        var open = new PacketWriter(buffer, 5000, 5000, 1);
        var message = new ChannelOpenMessage("fuzz", new()).ToBytes();
        message.CopyTo(DataChunk.Write(ref open, 3, PeerTsn, 2, 0, PayloadProtocol.Dcep, message.Length));
        File.WriteAllBytes(Path.Combine(Folder("sctp"), "open.bin"), buffer[..open.Finish()]);
        var reset = new PacketWriter(buffer, 5000, 5000, 1);
        ResetRequest.Write(reset.AddChunk(SctpChunkType.Reconfig, 0, 20), PeerTsn, 0, PeerTsn, [1, 2]);
        File.WriteAllBytes(Path.Combine(Folder("sctp"), "reset.bin"), buffer[..reset.Finish()]);
    }

    private static string Folder(string corpus, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "corpora", corpus));
}
