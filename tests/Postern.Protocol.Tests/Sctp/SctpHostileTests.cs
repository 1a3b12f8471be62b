using System.Buffers.Binary;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>What a peer can make us hold and compute is bounded.</summary>
[Collection(nameof(Alone))]
public class SctpHostileTests
{
    private const int Window = 1 << 20;
    private static readonly uint First = SctpEnd.PeerTsn;
    private static readonly SctpOptions Options = new() { ReceiveWindow = Window, MaximumIncomingMessageSize = Window };

    [Theory]
    [InlineData("fragments beyond a gap")]
    [InlineData("every second TSN")]
    [InlineData("ordered messages whose first never comes")]
    [InlineData("messages in reverse order")]
    [InlineData("one stream after the other")]
    public void Memory_stays_within_the_window_whatever_is_left_open(string attack)
    {
        var end = new SctpEnd(Options);
        var before = GC.GetTotalMemory(true);
        for (var i = 0; i < 200_000 && !end.Association.IsClosed; i++)
        {
            switch (attack)
            {
                case "fragments beyond a gap":
                    end.HandData(First + 2 + (uint)i, new byte[900], 0);
                    break;
                case "every second TSN":
                    end.HandData(First + 2 + (2 * (uint)i), [1], 0);
                    break;
                case "ordered messages whose first never comes":
                    end.HandData(First + (uint)i, new byte[100], sequence: (ushort)(1 + (i % 30_000)));
                    break;
                case "messages in reverse order":
                    end.HandData(First + 60_000 - (uint)(i % 60_000), [1], sequence: (ushort)(30_000 - (i % 30_000)));
                    break;
                default:
                    end.HandData(First + (uint)i, [1], stream: (ushort)i, sequence: 1);
                    break;
            }

            end.Drain();
        }

        (GC.GetTotalMemory(true) - before).ShouldBeLessThan(16L << 20);
        GC.KeepAlive(end);
    }

    [Fact]
    public void A_message_that_never_ends_is_cut_off()
    {
        var end = new SctpEnd(Options);
        end.HandData(First, new byte[1000], DataChunk.BeginFlag);
        for (var i = 1u; i < 2000 && !end.Association.IsClosed; i++)
        {
            end.HandData(First + i, new byte[1000], 0);
        }

        end.Events.OfType<SctpEvent.Closed>().Single().ShouldBe(new(SctpCloseReason.ProtocolViolation, SctpCause.OutOfResource));
    }

    [Fact]
    public void A_leap_of_FORWARD_TSN_costs_nothing()
    {
        var end = new SctpEnd(Options);
        for (var i = 0u; i < 2000; i++)
        {
            var point = First + (i * 0x4000_0000) + 7;
            end.Hand((ref PacketWriter writer) =>
            {
                var rest = ForwardTsnChunk.Write(ref writer, point, 250);
                for (var skip = 0; skip < 250; skip++)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(rest[(4 * skip)..], (ushort)skip);
                    BinaryPrimitives.WriteUInt16BigEndian(rest[((4 * skip) + 2)..], (ushort)(i * 30_000));
                }
            });
            end.HandData(point + 3, [1], 0);
            end.Drain();
        }

        end.Association.IsEstablished.ShouldBeTrue();
    }

    [Fact]
    public void Acknowledgements_of_everything_at_once_cost_little()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 100; i++)
        {
            end.Association.Send(0, 53, new byte[1000], default, end.Now);
        }

        end.Drain();
        for (var i = 0; i < 5000; i++)
        {
            end.HandSack(end.Tsn - 1, gaps: [.. Enumerable.Range(0, 200).Select(_ => (1, 65_535))]);
            end.Drain();
        }

        end.Association.IsEstablished.ShouldBeTrue();
    }

    [Fact]
    public void Answers_to_a_flood_are_bounded()
    {
        var end = new SctpEnd();
        for (var i = 0; i < 100; i++)
        {
            end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Heartbeat, 0, new byte[1000]));
        }

        end.Drain().Count.ShouldBe(16);
        for (var i = 0; i < 100; i++)
        {
            end.Hand((ref PacketWriter writer) => writer.AddChunk(SctpChunkType.Init, 0, Convert.FromHexString("0000000100010000000A000A00000001")), tag: 0);
        }

        end.Drain().Count.ShouldBe(16);
    }

    [Fact]
    public void The_peer_cannot_open_channels_without_end()
    {
        var pair = new SctpPair();
        var channels = new DataChannels(pair.B, isDtlsClient: false);
        pair.TakesEvents = false;
        pair.Started();
        var open = new ChannelOpenMessage(new string('x', 300), new()).ToBytes();
        for (var i = 0; i < 20_000; i += 2)
        {
            pair.A.Send((ushort)i, PayloadProtocol.Dcep, open, default, pair.Now);
        }

        pair.OnStep = () =>
        {
            while (channels.TryTakeEvent(out _) || pair.A.TryTakeEvent(out _))
            {
            }
        };
        pair.RunUntil(() => pair.A.BufferedAmount == 0);
        pair.RunFor(100);
        channels.Channels.Count.ShouldBeInRange(3000, 4096);
        channels.MessagesIgnored.ShouldBe(10_000 - channels.Channels.Count);
    }
}
