namespace Postern.Protocol.PortMapping;

/// <summary>What a <see cref="MappingProbe"/> reports.</summary>
public abstract record MappingEvent
{
    private MappingEvent()
    {
    }

    /// <summary>It is over, and what was mapped is given back.</summary>
    public sealed record Concluded(MappingFinding Finding) : MappingEvent;
}
