using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

[Collection(nameof(Alone))]
public class SctpFuzzTests
{
    private const int PacketsPerAssociation = 500;

    [Fact]
    public void Mutated_packets_never_throw_and_never_grow()
    {
        var target = new Target();
        FuzzRun.Run("sctp", target.Take);
        target.Events.ShouldBeGreaterThan(20_000);
        target.Taken.ShouldBeGreaterThan(300_000); // the checksum was put right, so that most got past it
    }

    [Fact]
    public void Mutated_channel_messages_never_throw()
    {
        var opened = 0;
        FuzzRun.Run("dcep", input =>
        {
            if (ChannelOpenMessage.TryRead(input, out var message))
            {
                opened++;
                message!.Label.Length.ShouldBeLessThanOrEqualTo(input.Length);
            }
        });
        opened.ShouldBeGreaterThan(10_000);
    }

    /// <summary>An association in some state that gets packet after packet, with time going by, and is replaced from time to time.</summary>
    private sealed class Target
    {
        private readonly byte[] _packet = new byte[2048];
        private readonly byte[] _buffer = new byte[2048];
        private readonly byte[] _message = new byte[3000];
        private readonly SeededRandom _random = new(11);
        private SctpAssociation _association = null!;
        private DataChannels _channels = null!;
        private Instant _now = Instant.FromMilliseconds(1);
        private int _left;
        private uint _tag;
        private uint _tsn;

        public int Taken { get; private set; }

        public int Events { get; private set; }

        public void Take(ReadOnlySpan<byte> input)
        {
            if (_left-- <= 0 || _association.IsClosed)
            {
                Renew();
            }

            input.CopyTo(_packet);
            var packet = _packet.AsSpan(0, input.Length);
            if (input.Length >= 16 && _random.Next(0, 8) != 0)
            {
                if (packet[12] != (byte)SctpChunkType.Init)
                {
                    BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _tag);
                }

                BringNear(packet);
                Crc32c.Write(packet);
            }

            Taken += _association.HandlePacket(packet, _now) ? 1 : 0;
            _now += TimeSpan.FromMilliseconds(_random.Next(0, 20));
            Drain();
            if (_association.NextDeadline <= _now)
            {
                _association.HandleDeadline(_now);
                Drain();
            }
        }

        /// <summary>Moves the first chunk's TSN near to what the association expects, so that it is not always of the past or the future.</summary>
        private void BringNear(Span<byte> packet)
        {
            if (packet.Length < 20 || _random.Next(0, 4) == 0)
            {
                return;
            }

            uint? tsn = (SctpChunkType)packet[12] switch
            {
                SctpChunkType.Data or SctpChunkType.ForwardTsn => SctpFuzzSeeds.PeerTsn + (uint)_random.Next(0, 2 + ((PacketsPerAssociation - _left) / 8)),
                SctpChunkType.Sack or SctpChunkType.Shutdown => _tsn + (uint)_random.Next(-1, 6),
                _ => null,
            };
            if (tsn is { } near)
            {
                BinaryPrimitives.WriteUInt32BigEndian(packet[16..], near);
            }
        }

        private void Drain()
        {
            for (var packets = 0; _association.TryTransmit(_buffer, _now, out _); packets++)
            {
                packets.ShouldBeLessThan(1000, "an endless flow of packets");
            }

            while (_channels.TryTakeEvent(out _))
            {
                Events++;
                _association.Send(1, 53, _message, new(MaximumRetransmissions: 1), _now);
            }
        }

        private void Renew()
        {
            _left = PacketsPerAssociation;
            _association = new(new() { ReceiveWindow = 1 << 18, MaximumIncomingMessageSize = 1 << 18 }, _random);
            _channels = new(_association, isDtlsClient: _random.Next(0, 2) == 0);
            var reader = new ChunkReader(_association.LocalInit);
            reader.MoveNext();
            InitChunk.TryRead(reader.Current, out var init);
            _tag = init.Peer.Tag;
            _tsn = init.Peer.InitialTsn;
            switch (_random.Next(0, 8))
            {
                case 0:
                    return;
                case 1:
                    _association.Connect(_now);
                    return;
                default:
                    var peer = new byte[64];
                    var length = InitChunk.Write(peer, SctpChunkType.Init, new(SctpFuzzSeeds.PeerTag, 1 << 20, 1000, 1000, SctpFuzzSeeds.PeerTsn, true, true), default, default);
                    _association.StartFromSignalling(peer.AsSpan(0, length), _now);
                    _association.Send(1, 53, _message, new(MaximumRetransmissions: 1), _now);
                    _channels.Open("fuzz", DataChannelOptions.Default, _now);
                    break;
            }

            if (_random.Next(0, 10) == 0)
            {
                _association.Shutdown(_now);
            }
        }
    }
}
