using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>A relay that gets mutated messages of one client: as they are, and every other one signed anew by that client. A stream ends now and then.</summary>
internal sealed class FuzzedRelay
{
    private const int CasesPerAllocation = 250; // so that Allocate has something to do

    private static readonly StunMethod[] Methods = [StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind];

    private readonly RelayTown _town = new();
    private readonly RelayCaller _alice;
    private readonly SeededRandom _random = new(21);
    private readonly byte[] _request = new byte[8192];
    private readonly byte[] _buffer = new byte[8192];
    private Endpoint _relayed;
    private Instant _now;
    private int _cases;

    /// <param name="client">Who sends.</param>
    /// <param name="server">What to.</param>
    public FuzzedRelay(Endpoint client, Endpoint server)
    {
        _alice = new(_town, client.ToString()) { Listening = server };
        _relayed = _alice.Allocated();
        _alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        _now = _town.Now;
    }

    public Relay Relay => _town.Relay;

    /// <summary>Requests granted, by their method.</summary>
    public Dictionary<StunMethod, int> Granted { get; } = Methods.ToDictionary(method => method, _ => 0);

    /// <summary>Requests refused, by their code.</summary>
    public Dictionary<int, int> Refused { get; } = [];

    public void Take(ReadOnlySpan<byte> input)
    {
        _now += TimeSpan.FromMilliseconds(1);
        if (_cases % CasesPerAllocation == 0)
        {
            End();
            Drain();
        }

        var datagram = (_cases++ & 1) == 0 ? input : Signed(input);
        var isToRelayed = (_cases & 15) == 0 && (!IsStream || Relay.Serves(_alice.Endpoint, _alice.Listening));
        var destination = isToRelayed ? _relayed : _alice.Listening;
        Relay.HandleDatagram(datagram, _alice.Endpoint, destination, _now);
        Relay.HandleDeadline(_now);
        Relay.NextDeadline.ShouldBeGreaterThan(_now);
        Drain();
    }

    /// <summary>Until everything that anybody asked for has run out.</summary>
    public void WaitForTheEnd()
    {
        while (Relay.NextDeadline != Instant.Never)
        {
            _now = Instant.Max(_now, Relay.NextDeadline);
            Relay.HandleDeadline(_now);
            Drain();
        }
    }

    private bool IsStream => _alice.Listening.Port == 0;

    private void End()
    {
        if (IsStream)
        {
            Relay.EndStream(_alice.Endpoint, _alice.Listening, _now);
        }
        else
        {
            Relay.EndUser("alice", _now);
        }
    }

    private ReadOnlySpan<byte> Signed(ReadOnlySpan<byte> input)
    {
        var asWritten = input.Length > 1 ? (StunMethod)input[1] : default;
        var method = Methods.Contains(asWritten) ? asWritten : Methods[_random.Next(0, Methods.Length)];
        var writer = Salvage.Begin(_request, StunClass.Request, method, TransactionId.Draw(_random), input);
        _alice.Credential.Sign(ref writer);
        return _request.AsSpan(0, writer.Length);
    }

    private void Drain()
    {
        while (Relay.TryTakeEvent(out var happened))
        {
            switch (happened)
            {
                case RelayEvent.OpenSocket open when _random.Next(0, 16) == 0:
                    Relay.SocketFailed(open.Relayed, _now);
                    break;
                case RelayEvent.OpenSocket open:
                    Relay.SocketOpened(open.Relayed, _now);
                    break;
                case RelayEvent.Allocated allocated:
                    _relayed = allocated.Relayed;
                    break;
            }
        }

        while (Relay.TryTransmit(_buffer, out var transmit))
        {
            Count(_buffer.AsSpan(0, transmit.Length));
        }
    }

    private void Count(ReadOnlySpan<byte> answer)
    {
        if (StunMessage.TryParse(answer, out var message) != StunError.None)
        {
            return;
        }

        if (message.Class == StunClass.Success)
        {
            Granted[message.Method]++;
        }
        else if (message.TryGetErrorCode(out var code, out _))
        {
            Refused[code] = Refused.GetValueOrDefault(code) + 1;
        }
    }
}
