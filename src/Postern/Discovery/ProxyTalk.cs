using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>Asks a proxy for one connection, and leaves: whether it is there and lets us.</summary>
internal static class ProxyTalk
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What the proxy said, in a few words, and whether it gave the connection.</summary>
    public static async Task<(bool Works, string Said)> TryAsync(Uri proxy, Endpoint target, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(proxy.DnsSafeHost, ProxyVariable.Port(proxy), either.Token).ConfigureAwait(false);
            await using var stream = new NetworkStream(socket);
            return await (proxy.Scheme switch
            {
                "http" => ConnectAsync(stream, target, either.Token),
                "https" => SecureAsync(stream, proxy.DnsSafeHost, target, either.Token),
                "socks5" or "socks5h" or "socks" => SocksAsync(stream, target, either.Token),
                "socks4" or "socks4a" => OldSocksAsync(stream, target, either.Token),
                _ => Task.FromResult((true, "it can be reached; what it allows was not asked")),
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (false, "it does not answer");
        }
        catch (AuthenticationException)
        {
            return (false, "this computer does not trust its certificate, or what answers speaks no TLS");
        }
        catch (IOException)
        {
            return (false, "it hangs up");
        }
        catch (SocketException e)
        {
            return (false, e.SocketErrorCode == SocketError.ConnectionRefused ? "nobody listens there" : $"it cannot be reached ({e.SocketErrorCode})");
        }
    }

    private static async Task<(bool Works, string Said)> ConnectAsync(Stream proxy, Endpoint target, CancellationToken cancellationToken)
    {
        await proxy.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"), cancellationToken).ConfigureAwait(false);
        var answer = new byte[512];
        var length = await proxy.ReadAsync(answer, cancellationToken).ConfigureAwait(false);
        var words = Encoding.Latin1.GetString(answer, 0, length).Split('\r')[0].Split(' ');
        return words is [_, var code, ..] && code.Length == 3
            ? (code[0] == '2', code switch { "407" => "it wants a password (407)", _ => $"it answers CONNECT to {target} with {code}" })
            : (false, "what answers is no HTTP proxy");
    }

    /// <summary>The same, but the way to the proxy itself is encrypted.</summary>
    private static async Task<(bool Works, string Said)> SecureAsync(Stream proxy, string host, Endpoint target, CancellationToken cancellationToken)
    {
        await using var secured = new SslStream(proxy);
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken).ConfigureAwait(false);
        return await ConnectAsync(secured, target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Version 4 knows IPv4 and no passwords: command, port, address, an empty name; 90 says yes.</summary>
    private static async Task<(bool Works, string Said)> OldSocksAsync(Stream proxy, Endpoint target, CancellationToken cancellationToken)
    {
        if (!target.IsV4)
        {
            return (false, "SOCKS4 knows IPv4 only");
        }

        await proxy.WriteAsync((byte[])[4, 1, (byte)(target.Port >> 8), (byte)target.Port, .. target.Address.ToIPAddress().GetAddressBytes(), 0], cancellationToken).ConfigureAwait(false);
        var answer = new byte[8];
        var length = await proxy.ReadAsync(answer, cancellationToken).ConfigureAwait(false);
        return (length, answer[1]) switch
        {
            ( >= 2, 90) => (true, $"it connects to {target}"),
            ( >= 2, var code) => (false, $"it does not connect to {target} (SOCKS4 reply {code})"),
            _ => (false, "what answers is no SOCKS4 proxy"),
        };
    }

    /// <summary>Version 5, no authentication; then CONNECT.</summary>
    private static async Task<(bool Works, string Said)> SocksAsync(Stream proxy, Endpoint target, CancellationToken cancellationToken)
    {
        var answer = new byte[262];
        await proxy.WriteAsync((byte[])[5, 1, 0], cancellationToken).ConfigureAwait(false);
        if (await proxy.ReadAsync(answer, cancellationToken).ConfigureAwait(false) < 2 || answer[0] != 5)
        {
            return (false, "what answers is no SOCKS5 proxy");
        }

        if (answer[1] != 0)
        {
            return (false, "it wants a password");
        }

        var address = target.Address.ToIPAddress().GetAddressBytes();
        byte[] request = [5, 1, 0, (byte)(address.Length == 4 ? 1 : 4), .. address, (byte)(target.Port >> 8), (byte)target.Port];
        await proxy.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        var length = await proxy.ReadAsync(answer, cancellationToken).ConfigureAwait(false);
        return length >= 2 && answer[1] == 0 ? (true, $"it connects to {target}") : (false, $"it does not connect to {target} (SOCKS5 reply {(length >= 2 ? answer[1] : -1)})");
    }
}
