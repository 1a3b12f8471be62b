using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

[Collection(nameof(Alone))]
public class IceFuzzTests
{
    private const int CasesPerAgent = 2000;

    private readonly byte[] _fixed = new byte[2048];
    private readonly byte[] _buffer = new byte[2048];
    private readonly SeededRandom _random = new(3);
    private IceScript _script = new();
    private TransactionId _lastId;
    private int _cases;
    private long _verified;
    private long _answered;

    [Fact]
    public void A_million_mutated_checks_and_answers_do_no_harm()
    {
        FuzzRun.Run("ice-agent", Feed);
        _verified.ShouldBeGreaterThan(50_000); // else the mutations would never pass the door
        _answered.ShouldBeGreaterThan(1_000);
    }

    private void Feed(ReadOnlySpan<byte> input)
    {
        if (++_cases % CasesPerAgent == 0)
        {
            _verified += _script.Agent.Stats.RequestsReceived;
            _answered += _script.Agent.Stats.ResponsesReceived + _script.Agent.Stats.ErrorsReceived;
            _script = new(new() { Role = _cases % (2 * CasesPerAgent) == 0 ? IceRole.Controlled : IceRole.Controlling, Renomination = _cases % 3 == 0 });
        }

        var agent = _script.Agent;
        var datagram = _cases % 2 == 0 ? input : FixUp(input);
        var source = (_cases % 8) switch
        {
            0 => new Endpoint(IpAddress.FromV4(_random.NextUInt32()), (ushort)_cases),
            1 => new Endpoint(new IpAddress(_random.NextUInt64()), 7),
            _ => IceScript.Remote,
        };
        agent.HandleDatagram(datagram, source, IceScript.Local, _script.Now);
        Drain(agent);
        if (_cases % 16 == 0)
        {
            _script.Now += TimeSpan.FromMilliseconds(_random.Next(0, 400));
            agent.HandleDeadline(_script.Now);
            agent.HandleDeadline(_script.Now);
            agent.NextDeadline.ShouldBeGreaterThan(_script.Now);
            Drain(agent);
            agent.Pairs.Count.ShouldBeLessThanOrEqualTo(100);
        }
    }

    private void Drain(IceAgent agent)
    {
        while (agent.TryTransmit(_buffer, out var transmit))
        {
            if (StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var message) == StunError.None && message.Class == StunClass.Request)
            {
                _lastId = message.TransactionId;
            }
        }

        while (agent.TryTakeEvent(out _))
        {
        }
    }

    /// <summary>Makes the mutation pass every check that an outsider's would fail: cookie, transaction, length and integrity.</summary>
    private ReadOnlySpan<byte> FixUp(ReadOnlySpan<byte> input)
    {
        if (input.Length < StunMessage.HeaderSize || input.Length > _fixed.Length - 64)
        {
            return input;
        }

        input.CopyTo(_fixed);
        var end = StunMessage.HeaderSize;
        while (end + 4 <= input.Length)
        {
            var next = end + 4 + ((BinaryPrimitives.ReadUInt16BigEndian(_fixed.AsSpan(end + 2)) + 3) & ~3);
            if (next > input.Length || BinaryPrimitives.ReadUInt16BigEndian(_fixed.AsSpan(end)) is 0x0008 or 0x8028)
            {
                break;
            }

            end = next;
        }

        _fixed[0] &= 1;
        _fixed[1] = (byte)((_fixed[1] & 0x10) | 1);
        var isResponse = (_fixed[0] & 1) != 0;
        BinaryPrimitives.WriteUInt32BigEndian(_fixed.AsSpan(4), StunMessage.MagicCookie);
        if (isResponse)
        {
            _lastId.Write(_fixed.AsSpan(8));
        }

        BinaryPrimitives.WriteUInt16BigEndian(_fixed.AsSpan(2), (ushort)(end + 24 - StunMessage.HeaderSize));
        BinaryPrimitives.WriteUInt32BigEndian(_fixed.AsSpan(end), 0x0008_0014);
        Span<byte> key = stackalloc byte[64];
        var length = System.Text.Encoding.UTF8.GetBytes(isResponse ? IceScript.Theirs.Password : _script.Agent.LocalCredentials.Password, key);
        HMACSHA1.HashData(key[..length], _fixed.AsSpan(0, end), _fixed.AsSpan(end + 4));
        return _fixed.AsSpan(0, end + 24);
    }
}
