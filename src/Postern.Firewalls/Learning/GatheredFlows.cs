namespace Postern.Firewalls.Learning;

/// <summary>What is kept of the flows of one group.</summary>
internal struct GatheredFlows
{
    public FlowKey Key;
    public long Count;
    public long Repeats;
    public long First;
    public long Last;
    public ushort Prefix;
    public PortTally SourcePorts;
    public PortTally DestinationPorts;

    public void Extend(long at)
    {
        if (at != Sighting.NoTime)
        {
            (First, Last) = (First == Sighting.NoTime ? at : Math.Min(First, at), Math.Max(Last, at));
        }
    }
}
