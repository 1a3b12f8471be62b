namespace Postern.Lab.Boxes;

/// <summary>What a box has counted.</summary>
public sealed class NatStats
{
    public long MappingsMade { get; set; }

    public long MappingsNow { get; set; }

    public long MostMappings { get; set; }

    public long Outbound { get; set; }

    public long Inbound { get; set; }

    public long TurnedRound { get; set; }

    public long Dropped { get; set; }
}
