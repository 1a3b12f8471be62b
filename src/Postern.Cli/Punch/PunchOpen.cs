using System.Text.Json;

namespace Postern.Cli.Punch;

/// <summary>
/// <c>postern punch open</c>: the punch. One empty datagram leaves from the listener's port, and every stateful firewall on
/// its way now takes what comes back from the target for an answer.
/// </summary>
/// <remarks>Exit codes: 0 it left, 1 it could not leave, 2 no such target, port or TTL, 3 the name has no address, 130 Ctrl-C.</remarks>
internal static class PunchOpen
{
    public static Task<int> RunAsync(PunchOpenOptions options, TextWriter @out, TextWriter err, CancellationToken cancel) =>
        PunchFailure.GuardAsync(() => OpenAsync(options, @out, cancel), err);

    private static async Task<int> OpenAsync(PunchOpenOptions options, TextWriter @out, CancellationToken cancel)
    {
        if (options is { FromPort: 0 } or { TimeToLive: < 1 or > 255 })
        {
            throw new PunchFailure(PunchExit.Usage, "A port is 1 to 65535, and a TTL 1 to 255.");
        }

        var target = await PunchTarget.ResolveAsync(options.Target, cancel).ConfigureAwait(false);
        PunchSocket.SendOnce(options.FromPort, target, [], options.TimeToLive);
        await @out.WriteLineAsync(options.Json
            ? JsonSerializer.Serialize(new { opened = target.ToString(), fromPort = options.FromPort, ttl = options.TimeToLive })
            : $"""
              Opened: one empty packet went from port {options.FromPort} to {target}.
              For the next seconds your firewall takes what {target} sends to that port for an answer and lets it in.
              {(options.TimeToLive is { } ttl
                  ? $"The packet dies after {ttl} hops; all that counts is that it left your network."
                  : "If nobody listens there, an ICMP \"port unreachable\" comes back, which is of no consequence: the hole is open.")}
              """).ConfigureAwait(false);
        return PunchExit.Worked;
    }
}
