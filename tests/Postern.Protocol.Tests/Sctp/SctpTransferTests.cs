using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

public class SctpTransferTests
{
    [Fact]
    public void A_message_arrives_after_the_handshake()
    {
        var pair = new SctpPair();
        pair.A.Connect(pair.Now);
        pair.A.Send(3, 53, "hello"u8, default, pair.Now).ShouldBe(SendResult.Accepted);
        pair.RunUntil(() => pair.MessagesAtB.Any());
        pair.MessagesAtB.Single().ShouldBe("hello"u8.ToArray());
        pair.RunUntil(() => pair.A.BufferedAmount == 0);
    }

    [Fact]
    public void Under_loss_reordering_and_duplication_all_arrives_once_and_in_order()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var pair = new SctpPair(seed).Started();
            var random = new SeededRandom(seed + 1000);
            pair.ForBoth(link =>
            {
                link.Loss = 0.1;
                link.Duplication = 0.05;
                link.Jitter = TimeSpan.FromMilliseconds(random.Next(0, 15));
            });
            var sent = SendMany(pair, random, 300);
            pair.RunUntil(() => pair.EventsOfB.OfType<SctpEvent.MessageReceived>().Count() == 300 && pair.A.BufferedAmount == 0, 120);
            ShouldHaveArrived(pair, sent);
        }
    }

    private static Dictionary<uint, (ushort Stream, bool Unordered, int Length)> SendMany(SctpPair pair, SeededRandom random, int count)
    {
        var sent = new Dictionary<uint, (ushort, bool, int)>();
        for (var i = 0; i < count; i++)
        {
            var stream = (ushort)random.Next(0, 5);
            var payload = new byte[random.Next(0, 10) == 0 ? random.Next(4, 60_000) : random.Next(4, 2000)];
            BinaryPrimitives.WriteInt32BigEndian(payload, i);
            payload.AsSpan(4).Fill((byte)i);
            pair.A.Send(stream, (uint)i, payload, new(Unordered: stream == 4), pair.Now).ShouldBe(SendResult.Accepted);
            sent.Add((uint)i, (stream, stream == 4, payload.Length));
        }

        return sent;
    }

    private static void ShouldHaveArrived(SctpPair pair, Dictionary<uint, (ushort Stream, bool Unordered, int Length)> sent)
    {
        var last = new Dictionary<ushort, uint>();
        var seen = new HashSet<uint>();
        foreach (var message in pair.EventsOfB.OfType<SctpEvent.MessageReceived>())
        {
            seen.Add(message.PayloadProtocol).ShouldBeTrue();
            var (stream, unordered, length) = sent[message.PayloadProtocol];
            message.Stream.ShouldBe(stream);
            message.Payload.Length.ShouldBe(length);
            BinaryPrimitives.ReadInt32BigEndian(message.Payload.Span).ShouldBe((int)message.PayloadProtocol);
            message.Payload.Span[4..].ContainsAnyExcept((byte)message.PayloadProtocol).ShouldBeFalse();
            if (!unordered)
            {
                last.GetValueOrDefault(stream).ShouldBeLessThanOrEqualTo(message.PayloadProtocol);
                last[stream] = message.PayloadProtocol;
            }
        }

        seen.Count.ShouldBe(sent.Count);
    }
}
