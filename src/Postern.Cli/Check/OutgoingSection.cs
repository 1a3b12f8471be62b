using System.Globalization;
using Postern.Discovery;
using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>Section 2: which ways out are open, by TCP and UDP to ports of the server, and DNS; and who closes the others.</summary>
internal sealed class OutgoingSection(CheckTarget? target, OwnFirewall firewall)
{
    private const ushort StunPort = 3478; // RFC 8489, IANA "stun"

    /// <summary>A port that nobody has a reason to name: where others' NATs let calls come from.</summary>
    private static readonly Endpoint Stranger = Endpoint.Parse("192.0.2.200:50000");

    /// <summary>What is asked of the own firewall where there is no server to ask.</summary>
    private static readonly (IpProtocol Protocol, ushort Port)[] Usual =
        [(IpProtocol.Tcp, 80), (IpProtocol.Tcp, 443), (IpProtocol.Udp, 443), (IpProtocol.Udp, StunPort)];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Between the first packets to two new ports; the fastest detectors look at 5 ms.</summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(40);

    /// <summary>Flows of Postern's own entry that this computer's firewall stops: "switchboard", "relay", "direct".</summary>
    public HashSet<string> Missing { get; } = [];

    /// <summary>The chain of nftables that stopped the first of them; null where another firewall did.</summary>
    public string? Chain { get; private set; }

    /// <summary>The attempts, for the sections that think about them.</summary>
    public IReadOnlyList<ReachAttempt> Attempts { get; private set; } = [];

    public async Task<IReadOnlyList<Finding>> FindAsync(CancellationToken cancellationToken)
    {
        if (target is { IsHere: true })
        {
            return [new("outgoing.server", CheckVerdict.Ok, "The server is on this very computer: no way out is needed, and none was measured."), Direct()];
        }

        var dns = DnsAsync(cancellationToken);
        return [.. await PortsAsync(cancellationToken).ConfigureAwait(false), Direct(), await dns.ConfigureAwait(false)];
    }

    private async Task<IEnumerable<Finding>> PortsAsync(CancellationToken cancellationToken)
    {
        if (target is null)
        {
            return
            [
                new("outgoing.server", CheckVerdict.Warn, "No server is known, so nothing could be sent out to see what comes back.") { Next = "Name one: postern check --server HOST, or any STUN server: --stun HOST:PORT" },
                .. Usual.Select(Caught).OfType<Finding>(),
            ];
        }

        var tries = Plan(target).Select(async (flow, order) =>
        {
            await Task.Delay(order * Spacing, cancellationToken).ConfigureAwait(false);
            return flow.IsTcp
                ? await TcpReach.TryAsync(flow.Target, Patience, TimeProvider.System, cancellationToken).ConfigureAwait(false)
                : await StunFlow.TryAsync(flow.Target, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        });
        Attempts = await Task.WhenAll(tries).ConfigureAwait(false);
        return Attempts.Select(Judge);
    }

    /// <summary>Four port numbers at most: a detector that looks at numbers alone counts no more.</summary>
    private static IEnumerable<(bool IsTcp, Endpoint Target)> Plan(CheckTarget target)
    {
        var (address, high, stun) = (target.Address, target.Server?.Port ?? target.Stun[0].Port, target.Stun.Count > 0 ? target.Stun[0] : Endpoint.None);
        ushort[] tcp = [80, 443, high];
        ushort[] udp = [443, StunPort, stun.Port == 0 ? high : stun.Port];
        return tcp.Distinct().Select(port => (true, new Endpoint(address, port)))
            .Concat(udp.Distinct().Select(port => (false, new Endpoint(stun.Port == 0 ? address : stun.Address, port))));
    }

    private Finding? Caught((IpProtocol Protocol, ushort Port) flow) =>
        firewall.Outgoing(flow.Protocol, Stranger with { Port = flow.Port }) is [{ IsCertain: true } stop, ..]
            ? new(Id(flow.Protocol, flow.Port), CheckVerdict.Warn, $"This computer's own firewall stops {flow.Protocol.Word().ToUpperInvariant()} to port {flow.Port}. {stop.Sentence}.") { Evidence = stop.Rule, Next = stop.Undo }
            : null;

    private static string Id(IpProtocol protocol, ushort port) => string.Create(CultureInfo.InvariantCulture, $"outgoing.{protocol.Word()}.{port}");

    private Finding Judge(ReachAttempt attempt)
    {
        var protocol = attempt.IsTcp ? IpProtocol.Tcp : IpProtocol.Udp;
        var word = attempt.IsTcp ? "TCP" : "UDP";
        var id = Id(protocol, attempt.Target.Port);
        if (attempt.Passed)
        {
            var what = attempt.Outcome == ReachOutcome.Answered ? "is open" : "is open; nobody listens at its end";
            return new(id, CheckVerdict.Ok, $"The way out by {word} to port {attempt.Target.Port} {what}.") { Evidence = Evidence(attempt) };
        }

        var needed = IsNeeded(attempt);
        var verdict = needed.Length > 0 ? CheckVerdict.Fail : CheckVerdict.Warn;
        if (firewall.Outgoing(protocol, attempt.Target) is [var stop, ..])
        {
            Miss(stop, needed);
            return new(id, verdict, $"This computer's own firewall stops {word} to port {attempt.Target.Port}. {stop.Sentence}.") { Evidence = stop.Rule, Next = stop.Undo };
        }

        var how = attempt.Outcome == ReachOutcome.Unreachable ? "is refused on the way" : "is closed on the way, or the server keeps silent there";
        var own = firewall.Rules is null ? "" : "; no rule of this computer does it";
        return new(id, verdict, $"The way out by {word} to port {attempt.Target.Port} {how}{own}.")
        {
            Evidence = Evidence(attempt),
            Next = needed.Length > 0 && firewall.Rules is not null ? AskRouter(attempt.Target) : "",
        };
    }

    private void Miss(FirewallCatch stop, params string[] flows)
    {
        Missing.UnionWith(flows);
        Chain ??= flows.Length > 0 && stop.Owner == "nftables" ? stop.Chain : null;
    }

    /// <summary>Postern's flows that go this way.</summary>
    private string[] IsNeeded(ReachAttempt attempt) =>
        attempt.IsTcp ? attempt.Target == target?.Server ? ["switchboard"] : []
        : target!.Stun.Contains(attempt.Target) ? ["relay", "nat-test"] : [];

    private string AskRouter(Endpoint server) =>
        $"On the router: postern rules postern --at router --for client={Surroundings.SourceTowards(server.Address)} --for server={target!.Server ?? target.Stun[0]}";

    private static string Evidence(ReachAttempt attempt) => string.Create(
        CultureInfo.InvariantCulture,
        $"{attempt.Target}: {attempt.Outcome.ToString().ToLowerInvariant()} after {attempt.Took.TotalMilliseconds:0} ms{(attempt.Mapped == Endpoint.None ? "" : $", seen as {attempt.Mapped}")}");

    /// <summary>A call's own packets, to a port that nobody knows in advance: asked of the rules, not of the network.</summary>
    private Finding Direct()
    {
        var catches = firewall.Outgoing(IpProtocol.Udp, Stranger);
        if (catches.FirstOrDefault(stop => stop.IsCertain) is not { } caught)
        {
            return new("outgoing.direct", CheckVerdict.Ok, firewall.Rules is null || catches.Count > 0
                ? $"Whether this computer's own firewall lets calls out to any port could not be told{string.Concat(catches.Take(1).Select(stop => $". {stop.Sentence}"))}."
                : "This computer's own firewall lets calls out to any port.");
        }

        Miss(caught, "direct");
        return new("outgoing.direct", CheckVerdict.Warn, $"This computer's own firewall stops calls to other people's ports. {caught.Sentence}.") { Evidence = caught.Rule, Next = caught.Undo };
    }

    private async Task<Finding> DnsAsync(CancellationToken cancellationToken)
    {
        var resolvers = DnsReach.Resolvers(File.Exists("/etc/resolv.conf") ? await File.ReadAllTextAsync("/etc/resolv.conf", cancellationToken).ConfigureAwait(false) : "");
        if (resolvers.Count == 0)
        {
            return new("outgoing.dns", CheckVerdict.Warn, "No DNS server is set: names lead nowhere, addresses do.");
        }

        var tries = await Task.WhenAll(resolvers.Take(2).Select(resolver => DnsReach.TryAsync(resolver, TimeProvider.System, cancellationToken))).ConfigureAwait(false);
        if (tries.FirstOrDefault(attempt => attempt.Outcome == ReachOutcome.Answered) is { } good)
        {
            return new("outgoing.dns", CheckVerdict.Ok, $"DNS answers ({good.Target.Address}).") { Evidence = Evidence(good) };
        }

        FirewallCatch? stop = firewall.Outgoing(IpProtocol.Udp, tries[0].Target) is [var first, ..] ? first : null;
        return new("outgoing.dns", CheckVerdict.Warn, stop is null
            ? $"The DNS server {tries[0].Target.Address} does not answer."
            : $"This computer's own firewall stops DNS. {stop.Sentence}.")
        {
            Evidence = stop?.Rule ?? Evidence(tries[0]),
            Next = stop?.Undo ?? "",
        };
    }
}
