using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>
/// A client that gets mutated messages of its server: as they are, with the id of its last request, and signed anew under the
/// key of the two. One that is lost is replaced.
/// </summary>
internal sealed class FuzzedAllocation
{
    private const int CasesPerClient = 500;

    private static readonly byte[] Key = StunKey.LongTermSha256("alice", RelayTown.Realm, "secret of alice");

    private readonly SeededRandom _random = new(22);
    private readonly byte[] _response = new byte[8192];
    private readonly byte[] _buffer = new byte[8192];
    private TurnAllocation _client = null!;
    private TransactionId _id;
    private StunMethod _method;
    private Instant _now;
    private int _left;
    private int _cases;

    /// <summary>What the clients told, by its kind.</summary>
    public Dictionary<string, int> Told { get; } = [];

    public void Take(ReadOnlySpan<byte> input)
    {
        if (_left-- == 0 || _client is null)
        {
            Renew();
        }

        _now += TimeSpan.FromMilliseconds(_random.Next(0, 20));
        Ask();
        var datagram = Prepare(input);
        if (!_client!.TryUnwrap(datagram, RelayTown.Listening, out _, out _))
        {
            _client.HandleDatagram(datagram, _client.Server, TurnPair.Local, _now);
        }

        _client.HandleDeadline(_now);
        _client.NextDeadline.ShouldBeGreaterThan(_now);
        Drain();
    }

    private void Renew()
    {
        _left = CasesPerClient;
        if (_random.Next(0, 4) == 0)
        {
            _client = new(new SeededRandom(_random.Next()), new() { Server = RelayTown.Listening, Local = TurnPair.Local, Username = "alice", Password = "secret of alice" });
            _client.Allocate(_now);
        }
        else
        {
            var pair = new TurnPair(new()).Allocate();
            _client = pair.Client;
            _now = pair.Town.Now;
        }

        Drain();
    }

    /// <summary>So that there is mostly a request under way that an answer could settle.</summary>
    private void Ask()
    {
        switch (_random.Next(0, 16))
        {
            case 0:
                _client.Permit(IpAddress.FromV4(0x2800_0000 + (uint)_random.Next(0, 8)), _now);
                break;
            case 1:
                _client.BindChannel(RelayTown.Peer with { Port = (ushort)_random.Next(5000, 5008) }, _now);
                break;
            case 2:
                _client.Refresh(_now);
                break;
        }

        Drain();
    }

    private ReadOnlySpan<byte> Prepare(ReadOnlySpan<byte> input)
    {
        var kind = _cases++ % 4;
        if (kind < 2 || input.Length < StunMessage.HeaderSize)
        {
            return input;
        }

        if (kind == 2)
        {
            input.CopyTo(_response);
            _id.Write(_response.AsSpan(8));
            return _response.AsSpan(0, input.Length);
        }

        var writer = Salvage.Begin(_response, (input[0] & 1) != 0 && (input[1] & 0x10) == 0 ? StunClass.Success : StunClass.Error, _method, _id, input);
        writer.AddIntegritySha256(Key);
        return _response.AsSpan(0, writer.Length);
    }

    private void Drain()
    {
        while (_client.TryTransmit(_buffer, out var transmit))
        {
            if (StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var message) == StunError.None && message.Class == StunClass.Request)
            {
                (_id, _method) = (message.TransactionId, message.Method);
            }
        }

        while (_client.TryTakeEvent(out var happened))
        {
            var kind = happened.GetType().Name;
            Told[kind] = Told.GetValueOrDefault(kind) + 1;
            _left = happened is TurnEvent.Lost or TurnEvent.AllocationFailed ? 0 : _left;
        }
    }
}
