using System.Text;
using System.Text.Json;

namespace Postern.Cli.Punch;

/// <summary><c>postern punch send</c>: one datagram to somebody, from a port of one's choice. UDP does not tell whether it arrives.</summary>
/// <remarks>Exit codes: 0 it left, 1 it could not leave, 2 no such target, port or text, 3 the name has no address, 130 Ctrl-C.</remarks>
internal static class PunchSend
{
    /// <summary>What one UDP datagram over IPv4 holds: 65,535 bytes less 20 for IP and 8 for UDP.</summary>
    private const int LongestText = 65_507;

    public static Task<int> RunAsync(PunchSendOptions options, TextWriter @out, TextWriter err, CancellationToken cancel) =>
        PunchFailure.GuardAsync(() => SendAsync(options, @out, cancel), err);

    private static async Task<int> SendAsync(PunchSendOptions options, TextWriter @out, CancellationToken cancel)
    {
        var bytes = Encoding.UTF8.GetBytes(options.Text);
        if (bytes.Length > LongestText)
        {
            throw new PunchFailure(PunchExit.Usage, $"One datagram holds {LongestText} bytes, and the text has {bytes.Length}.");
        }

        var target = await PunchTarget.ResolveAsync(options.Target, cancel).ConfigureAwait(false);
        var port = PunchSocket.SendOnce(options.FromPort, target, bytes);
        await @out.WriteLineAsync(options.Json
            ? JsonSerializer.Serialize(new { to = target.ToString(), fromPort = port, bytes = bytes.Length })
            : $"Sent {bytes.Length} bytes from port {port} to {target}.").ConfigureAwait(false);
        return PunchExit.Worked;
    }
}
