using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

public class SctpAllocationTests
{
    private const int Rounds = 2000;

    private readonly byte[] _buffer = new byte[2048];
    private readonly byte[] _message = new byte[200];
    private readonly SctpAssociation _a = new(new(), new SeededRandom(1));
    private readonly SctpAssociation _b = new(new(), new SeededRandom(2));
    private Instant _now = Instant.FromMilliseconds(1);

    public SctpAllocationTests()
    {
        _a.StartFromSignalling(_b.LocalInit, _now);
        _b.StartFromSignalling(_a.LocalInit, _now);
    }

    [Fact]
    public void Sending_and_acknowledging_allocate_nothing_and_receiving_only_the_message_and_its_event()
    {
        for (var i = 0; i < Rounds; i++)
        {
            Round(); // pools and rings reach their size
        }

        // The runtime itself allocates now and then on any thread (when it compiles anew): one batch without anything is proof enough.
        var batches = Enumerable.Range(0, 5).Select(_ => Batch()).ToList();
        batches.Min(batch => batch.Sending).ShouldBe(0);
        // The array (24 + 200 bytes) and the event (an object with stream, protocol and memory).
        (batches.Min(batch => batch.Receiving) / (double)(Rounds * 10)).ShouldBeLessThan(24 + 200 + 64);
    }

    private (long Sending, long Receiving) Batch()
    {
        long sending = 0, receiving = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var (sent, received) = Round();
            sending += sent;
            receiving += received;
        }

        return (sending, receiving);
    }

    private (long Sending, long Receiving) Round()
    {
        _now += TimeSpan.FromMilliseconds(1);
        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            _a.Send((ushort)i, 53, _message, default, _now);
        }

        var sending = GC.GetAllocatedBytesForCurrentThread() - start;
        long receiving = 0;
        while (true)
        {
            start = GC.GetAllocatedBytesForCurrentThread();
            var any = _a.TryTransmit(_buffer, _now, out var length);
            sending += GC.GetAllocatedBytesForCurrentThread() - start;
            if (!any)
            {
                break;
            }

            start = GC.GetAllocatedBytesForCurrentThread();
            _b.HandlePacket(_buffer.AsSpan(0, length), _now);
            while (_b.TryTakeEvent(out _))
            {
            }

            receiving += GC.GetAllocatedBytesForCurrentThread() - start;
        }

        start = GC.GetAllocatedBytesForCurrentThread();
        while (_b.TryTransmit(_buffer, _now, out var length))
        {
            _a.HandlePacket(_buffer.AsSpan(0, length), _now);
            while (_a.TryTakeEvent(out _))
            {
            }
        }

        return (sending + GC.GetAllocatedBytesForCurrentThread() - start, receiving);
    }
}
