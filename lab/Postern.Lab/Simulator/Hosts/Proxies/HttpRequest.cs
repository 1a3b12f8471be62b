using System.Runtime.InteropServices;
using System.Text;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6).</summary>
internal sealed class HttpRequest(Endpoint target) : IProxyRequest
{
    private readonly List<byte> _received = [];

    public byte[] Begin() => Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");

    public RequestTurn Take(ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        var head = CollectionsMarshal.AsSpan(_received);
        var length = head.IndexOf("\r\n\r\n"u8);
        if (length < 0)
        {
            return _received.Count > HttpDialogue.MostBytes ? RequestTurn.Refused("What answers is no HTTP proxy.") : RequestTurn.More();
        }

        return Encoding.Latin1.GetString(head[..length]).Split("\r\n")[0].Split(' ') is not [{ } version, [_, _, _] code, ..] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal)
                ? RequestTurn.Refused("What answers is no HTTP proxy.")
            : code[0] == '2' ? RequestTurn.Granted(head[(length + 4)..].ToArray())
            : RequestTurn.Refused($"The proxy answers CONNECT to {target} with {code}.");
    }
}
