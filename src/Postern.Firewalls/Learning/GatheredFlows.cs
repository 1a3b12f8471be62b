namespace Postern.Firewalls.Learning;

/// <summary>What is kept of the flows of one group.</summary>
internal struct GatheredFlows
{
    public FlowKey Key;
    public UInt128 LowestDestination; // of a group that does not tell them apart
    public UInt128 HighestDestination;
    public long Count;
    public long Repeats;
    public long First;
    public long Last;
    public ushort Prefix;
    public PortTally SourcePorts;
    public PortTally DestinationPorts;

    public void Extend(UInt128 destination, bool isFirst)
    {
        LowestDestination = isFirst ? destination : UInt128.Min(LowestDestination, destination);
        HighestDestination = isFirst ? destination : UInt128.Max(HighestDestination, destination);
    }

    public void Extend(long at)
    {
        if (at != Sighting.NoTime)
        {
            (First, Last) = (First == Sighting.NoTime ? at : Math.Min(First, at), Math.Max(Last, at));
        }
    }
}
