using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>Tries a TCP port: connects, says nothing, and leaves.</summary>
internal static class TcpReach
{
    public static async Task<ReachAttempt> TryAsync(Endpoint target, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var outcome = await ConnectAsync(target, either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new(true, target, outcome, time.GetElapsedTime(start), Endpoint.None);
    }

    private static async Task<ReachOutcome> ConnectAsync(Endpoint target, CancellationToken cancellationToken)
    {
        using var socket = new Socket(target.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target.Address.ToIPAddress(), target.Port), cancellationToken).ConfigureAwait(false);
            return ReachOutcome.Answered;
        }
        catch (OperationCanceledException)
        {
            return ReachOutcome.Silent;
        }
        catch (SocketException e)
        {
            return Outcome(e.SocketErrorCode);
        }
    }

    internal static ReachOutcome Outcome(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => ReachOutcome.Refused,
        SocketError.AccessDenied => ReachOutcome.Forbidden,
        SocketError.TimedOut => ReachOutcome.Silent,
        _ => ReachOutcome.Unreachable,
    };
}
