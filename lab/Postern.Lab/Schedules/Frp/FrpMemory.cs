namespace Postern.Lab.Schedules.Frp;

/// <summary>
/// What frp's server knows of a pair of networks: a score for each way, 1 less for each use. Nothing is known yet of a pair that
/// meets for the first time, so that the order of ways is the published one.
/// </summary>
internal sealed class FrpMemory
{
    private readonly List<(int Mode, FrpVariant Variant, int Score)> _ways = [];

    /// <param name="client">The side that is reached: its moves stand first.</param>
    /// <param name="visitor">The side that wants to reach it.</param>
    public FrpMemory(FrpNat client, FrpNat visitor)
    {
        var hard = new[] { client, visitor }.Count(nat => nat.IsHard);
        var regular = new[] { client, visitor }.Count(nat => nat.IsRegular);
        switch (hard, regular)
        {
            case (0, _):
                AddPlain(client, visitor);
                break;
            case (1, 1):
                Add(1);
                Add(2);
                AddPlain(client, visitor);
                break;
            case (1, 0):
                Add(2);
                Add(1);
                AddPlain(client, visitor);
                break;
            case (2, 2):
                Add(3);
                Add(4);
                break;
            case (2, 1):
                Add(4);
                break;
            default: // "hard to make hole, just trying it out"
                Array.ForEach([0, 1, 3], Add);
                break;
        }
    }

    /// <summary>The way with the best score, the first of equals.</summary>
    public (int Mode, FrpVariant Variant) Recommend()
    {
        var best = _ways.IndexOf(_ways.MaxBy(way => way.Score));
        var (mode, variant, score) = _ways[best];
        _ways[best] = (mode, variant, score - 1);
        return (mode, variant);
    }

    private void Add(int mode) => _ways.AddRange(FrpVariant.Of(mode).Select(variant => (mode, variant, 0)));

    // A side in a public network is the receiver at first.
    private void AddPlain(FrpNat client, FrpNat visitor)
    {
        FrpRole? preferred = client.IsPublic ? FrpRole.Receiver : visitor.IsPublic ? FrpRole.Sender : null; // of the client
        _ways.AddRange(FrpVariant.Of(0).Select(variant => (0, variant, variant.One.Role == preferred ? 1 : 0)));
    }
}
