using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.HyperDht;

/// <summary>Asks four nodes at once how they see one socket, and judges by how often they agree (lib/nat.js).</summary>
internal sealed class HyperDhtSamples
{
    private const int Wanted = 4;
    private const double Patience = 1;

    private readonly Question[] _questions;

    public HyperDhtSamples(Party party, Endpoint socket) => _questions = [.. Enumerable.Range(0, Wanted).Select(node => party.Ask(socket, node))];

    /// <summary>What the node that relays the signals sees; null before it has answered.</summary>
    public Endpoint? AtRelay => _questions[0].Mapped;

    public bool IsComplete => _questions.All(question => question.Mapped is not null);

    /// <summary>Endpoints by how often they were seen, the most frequent first.</summary>
    public IReadOnlyList<(Endpoint Endpoint, int Hits)> Seen =>
    [
        .. _questions.Select(question => question.Mapped).OfType<Endpoint>().CountBy(endpoint => endpoint)
            .OrderByDescending(seen => seen.Value).Select(seen => (seen.Key, seen.Value)),
    ];

    public HyperDhtNat Nat
    {
        get
        {
            var seen = Seen;
            var samples = seen.Sum(one => one.Hits);
            var addresses = seen.DistinctBy(one => one.Endpoint.Address).Count();
            return samples < 3 ? HyperDhtNat.Unknown
                : seen[0].Hits >= 3 ? HyperDhtNat.Consistent
                : seen[0].Hits == 1 ? HyperDhtNat.Random
                : addresses == 1 && samples > 3 ? HyperDhtNat.Random
                : addresses > 1 && seen[1].Hits > 1 ? HyperDhtNat.Consistent
                : HyperDhtNat.Unknown;
        }
    }

    /// <summary>Waits for the nodes; who has not answered is asked once more.</summary>
    public IEnumerable<Pause> Wait()
    {
        yield return new(TimeSpan.FromSeconds(Patience), () => IsComplete);
        foreach (var silent in _questions.Where(question => question.Mapped is null))
        {
            silent.Send();
        }

        yield return new(TimeSpan.FromSeconds(Patience), () => IsComplete);
    }
}
