namespace Postern.Lab.Boxes;

/// <summary>How many mappings a NAT has room for; 0 stands for no limit.</summary>
public sealed record MappingLimits
{
    /// <summary>For one inner address.</summary>
    public int PerSubscriber { get; init; }

    /// <summary>In all.</summary>
    public int Table { get; init; }

    public TableFullRule WhenFull { get; init; }
}
