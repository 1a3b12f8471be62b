using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Discovery;

/// <summary>One UDP flow to one port, asked again and again by STUN (RFC 8489 §2.2): whether it lives, and how the other end sees it.</summary>
internal sealed class StunFlow : IDisposable
{
    /// <summary>After these times a question is repeated; loss twice in a row is rare where a way is open.</summary>
    private static readonly TimeSpan[] Pace = [TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(1100)];

    private readonly Socket _socket;
    private readonly Endpoint _target;
    private readonly TimeProvider _time;

    public StunFlow(Endpoint target, TimeProvider time)
    {
        (_target, _time) = (target, time);
        _socket = new(target.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
    }

    public static async Task<ReachAttempt> TryAsync(Endpoint target, TimeProvider time, CancellationToken cancellationToken)
    {
        using var flow = new StunFlow(target, time);
        return await flow.AskAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends within two seconds.</summary>
    public async Task<ReachAttempt> AskAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var (outcome, mapped) = (ReachOutcome.Silent, Endpoint.None);
        try
        {
            if (!_socket.Connected)
            {
                await _socket.ConnectAsync(new IPEndPoint(_target.Address.ToIPAddress(), _target.Port), cancellationToken).ConfigureAwait(false);
            }

            (outcome, mapped) = await AskAsync(Request(), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            outcome = TcpReach.Outcome(e.SocketErrorCode);
        }

        return new(false, _target, outcome, _time.GetElapsedTime(start), mapped);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<(ReachOutcome Outcome, Endpoint Mapped)> AskAsync(byte[] request, CancellationToken cancellationToken)
    {
        var answer = new byte[2048];
        foreach (var wait in Pace)
        {
            await _socket.SendAsync(request, cancellationToken).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(wait, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                while (true)
                {
                    var length = await _socket.ReceiveAsync(answer, either.Token).ConfigureAwait(false);
                    if (IsAnswer(answer.AsSpan(0, length), request, out var mapped))
                    {
                        return (ReachOutcome.Answered, mapped);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return (ReachOutcome.Silent, Endpoint.None);
    }

    private static byte[] Request()
    {
        var buffer = new byte[StunMessage.HeaderSize];
        _ = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, TransactionId.Draw(SystemRandom.Instance));
        return buffer;
    }

    /// <summary>An error is an answer too: somebody is there.</summary>
    private static bool IsAnswer(ReadOnlySpan<byte> datagram, byte[] request, out Endpoint mapped)
    {
        mapped = Endpoint.None;
        if (StunMessage.TryParse(datagram, out var message) != StunError.None || message.Class is StunClass.Request or StunClass.Indication
            || message.TransactionId != TransactionId.Read(request.AsSpan(8)))
        {
            return false;
        }

        _ = message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out mapped);
        return true;
    }
}
