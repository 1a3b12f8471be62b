using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>A SOCKS5 server that wants no password and knows CONNECT alone (RFC 1928). No turn needs more than its 262 bytes.</summary>
internal sealed class SocksDialogue : IProxyDialogue
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte NoneAcceptable = 0xFF;
    private const byte Connect = 1;
    private const byte V4 = 1;
    private const byte Name = 3;
    private const byte V6 = 4;
    private const int BeforeAddress = 4; // version, command, a byte that is reserved, type of address
    private const int PortBytes = 2;

    private readonly List<byte> _received = [];
    private bool _isGreeted;

    // RFC 1928 §6
    private enum Reply : byte
    {
        Succeeded = 0,
        Failure = 1,
        NotAllowed = 2,
        HostUnreachable = 4,
        Refused = 5,
        CommandNotSupported = 7,
        AddressTypeNotSupported = 8,
    }

    public ProxyTurn Take(ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        if (_isGreeted)
        {
            return Request();
        }

        var turn = Greet();
        if (!_isGreeted)
        {
            return turn;
        }

        var request = Request();
        return request with { Answer = (byte[])[.. turn.Answer.Span, .. request.Answer.Span] };
    }

    public byte[] Granted(Endpoint local) => Answer(Reply.Succeeded, local);

    public byte[] Refused(ProxyRefusal reason) => Answer(reason switch
    {
        ProxyRefusal.Forbidden => Reply.NotAllowed,
        ProxyRefusal.Refused => Reply.Refused,
        _ => Reply.HostUnreachable,
    });

    /// <summary>RFC 1928 §3: version, how many methods, the methods.</summary>
    private ProxyTurn Greet()
    {
        var said = CollectionsMarshal.AsSpan(_received);
        if (said is [not Version, ..])
        {
            return ProxyTurn.Over(); // no SOCKS5: no answer could be understood
        }

        if (said.Length < 2 || said.Length < 2 + said[1])
        {
            return ProxyTurn.More();
        }

        if (!said.Slice(2, said[1]).Contains(NoAuthentication))
        {
            return ProxyTurn.Over((byte[])[Version, NoneAcceptable]);
        }

        _received.RemoveRange(0, 2 + said[1]);
        _isGreeted = true;
        return ProxyTurn.More((byte[])[Version, NoAuthentication]);
    }

    /// <summary>RFC 1928 §4.</summary>
    private ProxyTurn Request()
    {
        var said = CollectionsMarshal.AsSpan(_received);
        if (said is [not Version, ..])
        {
            return ProxyTurn.Over(Answer(Reply.Failure));
        }

        if (said.Length <= BeforeAddress)
        {
            return ProxyTurn.More();
        }

        int? address = said[3] switch { V4 => 4, V6 => 16, Name => 1 + said[BeforeAddress], _ => null };
        if (address is not { } length)
        {
            return ProxyTurn.Over(Answer(Reply.AddressTypeNotSupported));
        }

        var end = BeforeAddress + length + PortBytes;
        if (said.Length < end)
        {
            return ProxyTurn.More();
        }

        return said[1] != Connect ? ProxyTurn.Over(Answer(Reply.CommandNotSupported))
            : said[3] == Name ? ProxyTurn.Over(Answer(Reply.HostUnreachable)) // there are no names in this world
            : new(
                default, new(IpAddress.FromBytes(said.Slice(BeforeAddress, length)), BinaryPrimitives.ReadUInt16BigEndian(said[(end - PortBytes)..])),
                said[end..].ToArray(), false);
    }

    private static byte[] Answer(Reply reply, Endpoint? bound = null)
    {
        var local = bound ?? new(IpAddress.AnyV4, 0);
        Span<byte> address = stackalloc byte[16];
        var length = local.Address.Write(address);
        return [Version, (byte)reply, 0, length == 4 ? V4 : V6, .. address[..length], (byte)(local.Port >> 8), (byte)local.Port];
    }
}
