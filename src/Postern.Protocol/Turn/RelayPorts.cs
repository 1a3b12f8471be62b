using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Turn;

/// <summary>
/// Chooses relayed ports at random (RFC 8656 §7.2). A freed port rests for two minutes where there are others, so that what a
/// peer still sends reaches nobody new. A port towards which others begin nothing is taken only where there is no other.
/// </summary>
internal sealed class RelayPorts(IRandom random, RelayOptions options)
{
    private const int Draws = 24;
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);

    private readonly HashSet<Endpoint> _resting = [];
    private readonly Queue<(Endpoint Relayed, Instant Until)> _byTime = new();

    private int Count => options.LastPort - options.FirstPort + 1;

    /// <summary>A free port; with <paramref name="pair"/> its next one is free as well.</summary>
    public bool TryChoose(IpAddress address, bool even, bool pair, RelayTable table, Instant now, out Endpoint relayed)
    {
        WakeRested(now);
        for (var i = 0; i < Draws; i++)
        {
            relayed = new(address, Draw(even));
            if (IsWelcome(relayed, pair) && Fits(relayed, even, pair, table) && !_resting.Contains(relayed))
            {
                return true;
            }
        }

        // Nearly full: walk once around from a random start, tired ports included.
        var start = Draw(even: false) - options.FirstPort;
        var last = default(Endpoint?);
        for (var i = 0; i < Count; i++)
        {
            relayed = new(address, (ushort)(options.FirstPort + ((start + i) % Count)));
            if (!Fits(relayed, even, pair, table))
            {
                continue;
            }

            if (IsWelcome(relayed, pair))
            {
                return true;
            }

            last ??= relayed;
        }

        relayed = last ?? default;
        return last is not null;
    }

    public void Free(Endpoint relayed, Instant now)
    {
        if (_resting.Count < Count && _resting.Add(relayed))
        {
            _byTime.Enqueue((relayed, now + Rest));
        }
    }

    private void WakeRested(Instant now)
    {
        while (_byTime.TryPeek(out var first) && first.Until <= now)
        {
            _resting.Remove(_byTime.Dequeue().Relayed);
        }
    }

    private ushort Draw(bool even)
    {
        var port = random.Next(options.FirstPort, options.LastPort + 1);
        return (ushort)(even && port % 2 != 0 ? Math.Max(port - 1, options.FirstPort) : port);
    }

    private static bool IsWelcome(Endpoint relayed, bool pair) =>
        !UnwelcomePorts.Contains(relayed.Port) && (!pair || !UnwelcomePorts.Contains(relayed.Port + 1));

    private bool Fits(Endpoint relayed, bool even, bool pair, RelayTable table) =>
        !table.IsTaken(relayed)
        && (!even || relayed.Port % 2 == 0)
        && (!pair || (relayed.Port % 2 == 0 && relayed.Port < options.LastPort && !table.IsTaken(Next(relayed))));

    /// <summary>The neighbour that EVEN-PORT's R bit reserves.</summary>
    public static Endpoint Next(Endpoint relayed) => relayed with { Port = (ushort)(relayed.Port + 1) };
}
