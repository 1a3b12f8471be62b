using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>Asks a DNS resolver for the servers of the root, which every resolver knows; any answer will do.</summary>
internal static class DnsReach
{
    private const ushort Port = 53;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1000);

    /// <summary>The resolvers of /etc/resolv.conf, in their order.</summary>
    public static IReadOnlyList<IpAddress> Resolvers(string configuration) =>
    [
        .. configuration.Split('\n')
            .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IpAddress.TryParse(words[1], out var address) ? address : IpAddress.Any)
            .Where(address => address != IpAddress.Any),
    ];

    public static async Task<ReachAttempt> TryAsync(IpAddress resolver, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var target = new Endpoint(resolver, Port);
        var outcome = ReachOutcome.Silent;
        for (var round = 0; round < 2 && outcome == ReachOutcome.Silent; round++)
        {
            outcome = await AskAsync(target, time, cancellationToken).ConfigureAwait(false);
        }

        return new(false, target, outcome, time.GetElapsedTime(start), Endpoint.None);
    }

    private static async Task<ReachOutcome> AskAsync(Endpoint target, TimeProvider time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(target.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (question, answer) = (Question(), new byte[4096]);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target.Address.ToIPAddress(), target.Port), either.Token).ConfigureAwait(false);
            await socket.SendAsync(question, either.Token).ConfigureAwait(false);
            var length = await socket.ReceiveAsync(answer, either.Token).ConfigureAwait(false);
            return length >= 12 && answer.AsSpan(0, 2).SequenceEqual(question.AsSpan(0, 2)) && (answer[2] & 0x80) != 0 ? ReachOutcome.Answered : ReachOutcome.Refused;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ReachOutcome.Silent;
        }
        catch (SocketException e)
        {
            return TcpReach.Outcome(e.SocketErrorCode);
        }
    }

    /// <summary>One question, recursion desired: the root (an empty name), type NS, class IN.</summary>
    private static byte[] Question()
    {
        byte[] question = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
        BinaryPrimitives.WriteUInt16BigEndian(question, (ushort)SystemRandom.Instance.NextUInt32());
        return question;
    }
}
