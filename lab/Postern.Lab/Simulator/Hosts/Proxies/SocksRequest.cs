using System.Runtime.InteropServices;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>Asks a SOCKS5 proxy for a tunnel, without a password (RFC 1928).</summary>
internal sealed class SocksRequest(Endpoint target) : IProxyRequest
{
    private const int BeforeAddress = 4; // version, reply, a byte that is reserved, type of address
    private const int PortBytes = 2;

    private readonly List<byte> _received = [];
    private bool _isGreeted;

    public byte[] Begin() => [5, 1, 0];

    public RequestTurn Take(ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        return _isGreeted ? Reply() : Greeted();
    }

    private RequestTurn Greeted()
    {
        var said = CollectionsMarshal.AsSpan(_received);
        if (said.Length < 2)
        {
            return RequestTurn.More();
        }

        if (said is not [5, 0, ..])
        {
            return RequestTurn.Refused(said[0] == 5 ? "The proxy wants a password." : "What answers is no SOCKS5 proxy.");
        }

        _received.RemoveRange(0, 2);
        _isGreeted = true;
        Span<byte> address = stackalloc byte[16];
        var length = target.Address.Write(address);
        return RequestTurn.More((byte[])[5, 1, 0, (byte)(length == 4 ? 1 : 4), .. address[..length], (byte)(target.Port >> 8), (byte)target.Port]);
    }

    private RequestTurn Reply()
    {
        var said = CollectionsMarshal.AsSpan(_received);
        if (said is [not 5, ..])
        {
            return RequestTurn.Refused("What answers is no SOCKS5 proxy.");
        }

        if (said is [_, not 0, ..])
        {
            return RequestTurn.Refused($"The proxy does not connect to {target} (SOCKS5 reply {said[1]}).");
        }

        if (said.Length <= BeforeAddress)
        {
            return RequestTurn.More();
        }

        int? address = said[3] switch { 1 => 4, 4 => 16, 3 => 1 + said[BeforeAddress], _ => null };
        return address is not { } length ? RequestTurn.Refused("What answers is no SOCKS5 proxy.")
            : said.Length < BeforeAddress + length + PortBytes ? RequestTurn.More()
            : RequestTurn.Granted(said[(BeforeAddress + length + PortBytes)..].ToArray());
    }
}
