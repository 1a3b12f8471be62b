namespace Postern.Tests.Sctp;

/// <summary>Tests that measure the memory of the whole process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Measured
{
    public const string Name = "measured";
}
