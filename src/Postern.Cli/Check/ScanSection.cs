using Postern.Discovery;
using Postern.Firewalls.Rules;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>
/// Section 5: whether something on the way takes us for a scanner. Four new ports, no more (the quiet profile), while a flow from
/// before goes on: where the new ones stall and even a port that was open does not open again, and the old flow lives, a guard is at work.
/// </summary>
internal sealed class ScanSection(CheckTarget? target, OwnFirewall firewall, Task outgoing, Func<IReadOnlyList<ReachAttempt>> attempts)
{
    /// <summary>High, in no ephemeral range that begins at 32768, and no trap of portsentry's.</summary>
    private static readonly ushort[] Ports = [21107, 23311, 25523, 27733];

    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(60);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    public async Task<IReadOnlyList<Finding>> FindAsync(CancellationToken cancellationToken)
    {
        if (target is null or { IsHere: true } || target.Stun.Count == 0)
        {
            return [Untold("Scan protection was not looked for: that needs a server elsewhere.")];
        }

        using var old = new StunFlow(target.Stun[0], TimeProvider.System);
        var lived = (await old.AskAsync(cancellationToken).ConfigureAwait(false)).Outcome == ReachOutcome.Answered;
        await outgoing.ConfigureAwait(false);
        var known = attempts().FirstOrDefault(attempt => attempt is { IsTcp: true, Passed: true });
        if (!lived || known is null)
        {
            return [Untold("Scan protection was not looked for: too little came back from the server.")];
        }

        var tries = Ports.Select(async (port, order) =>
        {
            await Task.Delay(order * Spacing, cancellationToken).ConfigureAwait(false);
            return await TcpReach.TryAsync(new(target.Address, port), Patience, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        });
        var fresh = await Task.WhenAll(tries).ConfigureAwait(false);
        var stalled = fresh.Where(attempt => !attempt.Passed).Select(attempt => attempt.Target.Port).ToList();
        if (stalled.Count == 0)
        {
            return [new("scan.guard", CheckVerdict.Ok, $"{Ports.Length} new ports in a row met no scan protection.")];
        }

        var again = await TcpReach.TryAsync(known.Target, Patience, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var lives = (await old.AskAsync(cancellationToken).ConfigureAwait(false)).Outcome == ReachOutcome.Answered;
        return [Judge(known.Target, !again.Passed, lives, stalled)];
    }

    private Finding Judge(Endpoint known, bool isKnownStalled, bool isOldAlive, List<ushort> stalled)
    {
        var evidence = $"stalled: {string.Join(", ", stalled)}; {known} {(isKnownStalled ? "no longer opens" : "still opens")}; the flow from before {(isOldAlive ? "lives" : "is dead")}";
        var own = firewall.Outgoing(IpProtocol.Tcp, known) is [var first, ..] ? first : null;
        return (isKnownStalled, isOldAlive) switch
        {
            (true, true) when own is not null => new("scan.guard", CheckVerdict.Warn, $"Scan protection of this computer's own is suspected: after a few new ports nothing new opens any more, and what was open lives. {own.Sentence}.")
            {
                Evidence = evidence,
                Next = "Open nothing new for a minute; then let Postern's own rules stand before this one.",
            },
            (true, true) => new("scan.guard", CheckVerdict.Warn, "Scan protection is suspected: after a few new ports nothing new opens any more, and what was open lives.")
            {
                Evidence = evidence,
                Next = "Open nothing new for a minute; ask the firewall's keeper to except this computer, or use the relay alone.",
            },
            (true, false) => new("scan.guard", CheckVerdict.Warn, "The network went away while new ports were tried.") { Evidence = evidence },
            _ => new("scan.guard", CheckVerdict.Ok, "No scan protection: closed ports keep silent, known ones open again.") { Evidence = evidence },
        };
    }

    private static Finding Untold(string sentence) => new("scan.guard", CheckVerdict.Ok, sentence);
}
