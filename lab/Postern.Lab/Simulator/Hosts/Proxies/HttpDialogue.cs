using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>A proxy that knows CONNECT alone (RFC 9110 §9.3.6, in the words of RFC 9112).</summary>
internal sealed class HttpDialogue : IProxyDialogue
{
    /// <summary>Of a whole head: RFC 9112 §3 asks for 8,000 bytes in the first line at least.</summary>
    public const int MostBytes = 16 << 10;

    // RFC 9110 §5.6.2
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly List<byte> _received = [];

    public ProxyTurn Take(ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        var head = CollectionsMarshal.AsSpan(_received);
        var length = head.IndexOf("\r\n\r\n"u8);
        return length >= 0 ? Judge(Encoding.Latin1.GetString(head[..length]), head[(length + 4)..].ToArray())
            : _received.Count > MostBytes ? ProxyTurn.Over(Answer("431 Request Header Fields Too Large")) // RFC 6585 §5
            : ProxyTurn.More();
    }

    /// <summary>A tunnel's answer has no length (RFC 9110 §9.3.6).</summary>
    public byte[] Granted(Endpoint local) => [.. "HTTP/1.1 200 Connection established\r\n\r\n"u8];

    public byte[] Refused(ProxyRefusal reason) => Answer(reason switch
    {
        ProxyRefusal.Forbidden => "403 Forbidden",
        ProxyRefusal.Refused => "502 Bad Gateway",
        _ => "504 Gateway Timeout",
    });

    private static ProxyTurn Judge(string head, byte[] rest)
    {
        var lines = head.TrimStart('\r', '\n').Split("\r\n"); // RFC 9112 §2.2: empty lines before the request are no part of it
        return lines[0].Split(' ') is not [{ } method, { } target, "HTTP/1.1" or "HTTP/1.0"] || !IsToken(method) || !lines.Skip(1).All(IsField) || !HasHost(lines)
                ? ProxyTurn.Over(Answer("400 Bad Request"))
            : method != "CONNECT" ? ProxyTurn.Over(Answer("501 Not Implemented"))
            : Endpoint.TryParse(target, out var endpoint) ? endpoint.Port == 0 ? ProxyTurn.Over(Answer("400 Bad Request")) : new(default, endpoint, rest, false)
            : ProxyTurn.Over(Answer(IsNamed(target) ? "502 Bad Gateway" : "400 Bad Request")); // there are no names in this world
    }

    private static bool IsField(string line) => line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && IsToken(line.AsSpan(0, colon));

    /// <summary>Whoever speaks 1.1 says it once (RFC 9112 §3.2).</summary>
    private static bool HasHost(string[] lines) =>
        lines.Count(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)) is var hosts && (hosts == 1 || (hosts == 0 && lines[0].EndsWith("1.0", StringComparison.Ordinal)));

    private static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether it is a name with a port.</summary>
    private static bool IsNamed(string target) =>
        target.Split(':') is [{ Length: > 0 } name, { } port] && Uri.CheckHostName(name) == UriHostNameType.Dns && ushort.TryParse(port, out var number) && number > 0;

    private static byte[] Answer(string status) => Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}
