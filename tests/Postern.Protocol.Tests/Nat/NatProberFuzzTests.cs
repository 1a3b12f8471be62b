using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

[Collection(nameof(Alone))]
public class NatProberFuzzTests
{
    private static readonly Endpoint[] Sources =
    [
        ProberWorld.ServerV4, Endpoint.Parse("203.0.113.1:3479"), Endpoint.Parse("203.0.113.2:3478"), Endpoint.Parse("203.0.113.2:3479"), Endpoint.Parse("198.51.100.7:4000"),
    ];

    private readonly byte[] _buffer = new byte[2048];
    private readonly byte[] _datagram = new byte[2048];
    private readonly SeededRandom _random = new(11);
    private readonly List<(Endpoint Socket, byte[] Id)> _asked = [];
    private readonly HashSet<int> _open = [];
    private NatProber _prober = null!;
    private Instant _now;
    private int _measured;
    private int _sent;

    /// <summary>One prober after the other gets fuzzed answers to its own questions, with its transaction ids, until it is done.</summary>
    [Fact]
    public void Fuzzed_answers_never_throw_nor_keep_a_prober_from_ending_in_time()
    {
        Begin();
        var probers = 0;
        FuzzRun.Run("nat-prober", input =>
        {
            Deliver(input);
            if (_random.Next(0, 4) == 0)
            {
                _now = Instant.Min(_prober.NextDeadline, _now + TimeSpan.FromSeconds(1));
                _prober.HandleDeadline(_now);
            }

            Drain();
            if (_prober.IsDone)
            {
                _open.ShouldBeEmpty();
                _measured.ShouldBe(1);
                _sent.ShouldBeLessThan(150);
                probers++;
                Begin();
            }
        });
        probers.ShouldBeGreaterThan(1000);
    }

    private void Begin()
    {
        (_now, _measured, _sent) = (Instant.Zero, 0, 0);
        _asked.Clear();
        _prober = new(new() { Servers = [ProberWorld.ServerV4] }, _random, _now);
        Drain();
    }

    private void Deliver(ReadOnlySpan<byte> input)
    {
        var length = Math.Min(input.Length, _datagram.Length);
        input[..length].CopyTo(_datagram);
        var (socket, id) = _asked[_random.Next(0, _asked.Count)];
        if (length >= 20 && _random.Next(0, 8) != 0)
        {
            id.CopyTo(_datagram, 8);
        }

        _prober.HandleDatagram(_datagram.AsSpan(0, length), Sources[_random.Next(0, Sources.Length)], socket, _now);
    }

    private void Drain()
    {
        do
        {
            while (_prober.TryTransmit(_buffer, out var transmit))
            {
                _sent++;
                _asked.Add((transmit.Source, _buffer[8..20]));
            }
        }
        while (TakeEvents());
    }

    private bool TakeEvents()
    {
        var isTouched = false;
        while (_prober.TryTakeEvent(out var happened))
        {
            isTouched = true;
            switch (happened)
            {
                case NatEvent.OpenSocket open:
                    _open.Add(open.Id).ShouldBeTrue();
                    _prober.SocketOpened(open.Id, new(IpAddress.Parse("192.168.1.2"), (ushort)(4000 + open.Id)), _now);
                    break;
                case NatEvent.CloseSocket close:
                    _open.Remove(close.Id).ShouldBeTrue();
                    break;
                case NatEvent.Measured measured:
                    _measured++;
                    NatReportJson.Write(measured.Report).Length.ShouldBeLessThan(10_000);
                    break;
            }
        }

        return isTouched;
    }
}
