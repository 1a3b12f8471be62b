using Postern.Lab.Boxes;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>What a gateway has counted.</summary>
public sealed class GatewayStats
{
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];

    public long FromInside { get; set; }

    public long FromOutside { get; set; }

    public long Sent { get; set; }

    public long TurnedRound { get; set; }

    public long Answered { get; set; }

    public long Dropped(DropReason reason) => _dropped[(int)reason];

    internal void Count(DropReason reason) => _dropped[(int)reason]++;
}
